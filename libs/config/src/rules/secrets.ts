import { namesSecret, secretIn } from '@mlflow-on-aws/command-line';
import type { Finding } from './rule';

const elsewhere =
  'what stands here is in the state, in every plan and in git. Keep it in Secrets Manager, and replace it now, since it was in a file';

/** Secrets wherever they were pasted: in values and in names of keys, known to the schema or not. */
export function secretFindings(
  input: unknown,
  path: readonly PropertyKey[] = [],
  seen = new Set<unknown>(),
): readonly Finding[] {
  if (typeof input === 'string') return ofText(input, path);
  if (typeof input !== 'object' || input === null || seen.has(input)) return [];
  seen.add(input);
  return Object.entries(input).flatMap(([key, value]) => {
    const inner = [...path, key];
    return secretIn(key) ? [told(inner, secretIn(key))] : secretFindings(value, inner, seen);
  });
}

function ofText(text: string, path: readonly PropertyKey[]): readonly Finding[] {
  // The key itself is public, and looks like a secret; its comment may hold anything.
  const [section, key] = path.map(String);
  const where = section === 'access' && key === 'sshPublicKey' ? text.split(' ').slice(2).join(' ') : text;
  const isNamed = section === 'tags' && namesSecret(key ?? '') && !/^(|true|false|yes|no|none)$/i.test(text);
  const what = secretIn(where) ?? (isNamed ? 'the value of a tag that is named after a secret' : undefined);
  return what === undefined ? [] : [told(path, what)];
}

function told(path: readonly PropertyKey[], what = 'a secret'): Finding {
  return { path, want: `no secret: this looks like ${what}, and ${elsewhere}` };
}
