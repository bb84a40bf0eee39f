import { isSecretPlace } from '@mlflow-on-aws/plan';

/** Terraform's marks mirror a value: `true` where the whole value is marked, else an object or list of marks of its parts. */
export type Mark = unknown;

/** The mark of a part. */
export function markOf(mark: Mark, key: string | number): Mark {
  if (mark === true) return true;
  return typeof mark === 'object' && mark !== null ? (mark as Record<string | number, Mark>)[key] : undefined;
}

/** Whether anything inside is marked. */
export function isMarked(mark: Mark): boolean {
  return mark === true || (typeof mark === 'object' && mark !== null && Object.values(mark).some(isMarked));
}

/** A value with its marks. */
export interface Marked {
  readonly value: unknown;
  readonly sensitive?: Mark;
  readonly unknown?: Mark;
}

/** A part of a value, with its marks; what its name tells to be secret is marked too. */
export function part({ value, sensitive, unknown }: Marked, key: string | number): Marked {
  return {
    value: isContainer(value) ? (value as Record<string | number, unknown>)[key] : undefined,
    sensitive: isSecretPlace(value, key) || markOf(sensitive, key),
    unknown: markOf(unknown, key),
  };
}

/** The keys of an object, those known after apply among them, sorted. */
export function keysOf(...values: readonly Marked[]): string[] {
  const keys = values.flatMap(({ value, unknown }) => [
    ...(isObject(value) ? Object.keys(value) : []),
    ...(isObject(unknown) ? Object.entries(unknown).flatMap(([key, mark]) => (isMarked(mark) ? [key] : [])) : []),
  ]);
  return [...new Set(keys)].sort();
}

/** The parts of a list, those known after apply among them. */
export function elements(marked: Marked): Marked[] {
  const length = Math.max(
    Array.isArray(marked.value) ? marked.value.length : 0,
    Array.isArray(marked.unknown) ? marked.unknown.length : 0,
  );
  return Array.from({ length }, (_, index) => part(marked, index));
}

/** Whether nothing is there: absent, null, or empty and not about to be filled. */
export function isNothing({ value, unknown }: Marked): boolean {
  if (isMarked(unknown)) return false;
  if (value === undefined || value === null) return true;
  return isContainer(value) && Object.keys(value).length === 0;
}

/** A plain object, not a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object or a list. */
export function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A text that is the same for equal values, whatever the order of their keys. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const entries = Object.keys(value).sort();
  return `{${entries.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;
}
