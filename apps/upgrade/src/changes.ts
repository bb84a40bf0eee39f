/** A package whose version differs between two locks; undefined where a lock does not have it. */
export interface Change {
  readonly name: string;
  readonly from?: string;
  readonly to?: string;
}

/** What changed between two requirements locks, by name. A package with several versions for several Pythons has them all. */
export function changesBetween(before: string, after: string): readonly Change[] {
  const [old, now] = [versionsIn(before), versionsIn(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .filter((name) => old.get(name) !== now.get(name))
    .map((name) => ({ name, from: old.get(name), to: now.get(name) }));
}

function versionsIn(lock: string): Map<string, string> {
  const versions = new Map<string, string>();
  for (const [, name = '', version = ''] of lock.matchAll(/^([\w.-]+)==([^\s;\\]+)/gm)) {
    versions.set(name, [versions.get(name), version].filter(Boolean).join(', '));
  }
  return versions;
}
