import { closest, distance } from 'fastest-levenshtein';
import { secretIn } from './secrets';

/** A text as a person recognizes it, in quotes and at most 80 characters of it; nothing that may be a secret. */
export function quote(text: string): string {
  if (secretIn(text) !== undefined) return `text of ${text.length} characters (not shown)`;
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}

/** `a, b or c`. */
export function oneOf(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** The known name that was probably meant; none where all are far away. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const near = closest(name.toLowerCase(), [...known]);
  return distance(name.toLowerCase(), near.toLowerCase()) <= Math.max(2, near.length / 3) ? near : undefined;
}

/**
 * What is wrong with a name that is none of those known: what was got, what would be right, and which is nearest.
 * @returns nothing where the name is known
 */
export function unknownName(what: string, name: string, known: readonly string[]): string | undefined {
  if (known.includes(name)) return undefined;
  const near = nearest(name, known);
  const want = known.length === 0 ? 'there is none' : `want ${oneOf(known)}`;
  return `${what}: got ${quote(name)}, ${want}${near === undefined ? '' : `; the nearest is ${near}`}`;
}
