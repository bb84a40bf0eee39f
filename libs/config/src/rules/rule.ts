import type { Environment } from '../schema';

/** Something that is wrong: where, and what would be right. */
export interface Finding {
  /** Path of the key: `database.instanceClass`, or its parts where one of them may hold a dot. */
  readonly path: string | readonly PropertyKey[];
  /**
   * What was found, in place of the value at the path, where that alone says nothing.
   * @default - the value at the path
   */
  readonly got?: string;
  /** What would be right, and the document that says so. */
  readonly want: string;
  /**
   * Paths of the keys that it was measured against; when one of them is wrong itself, the finding means nothing.
   * @default - none
   */
  readonly against?: readonly string[];
}

/** Looks for one kind of mistake in an environment whose every key is right by itself. */
export type Rule = (environment: Environment) => readonly Finding[];

/** A finding if something is wrong, else none. */
export function when(
  wrong: boolean,
  path: Finding['path'],
  want: string,
  against: readonly string[] = [],
): readonly Finding[] {
  return wrong ? [{ path, want, against }] : [];
}

/** Whether a list of known names holds a name that may be any. */
export function includes(known: readonly string[], name: string): boolean {
  return known.includes(name);
}
