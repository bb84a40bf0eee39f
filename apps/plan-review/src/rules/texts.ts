import { isContainer } from '../diff/marks';

/** A text somewhere in the values of a resource. */
export interface Text {
  /** The attribute that holds it, or the list it is in. */
  readonly key: string;
  readonly value: string;
}

const known = new WeakMap<object, readonly Text[]>();

/** Every text in the values of a resource, however deep; found once, as several rules look at them. */
export function textsOf(values: unknown): readonly Text[] {
  if (!isContainer(values)) return [];
  const found = known.get(values);
  if (found !== undefined) return found;
  const texts: Text[] = [];
  gather(values, '', texts);
  known.set(values, texts);
  return texts;
}

function gather(container: object, under: string, texts: Text[]): void {
  const isList = Array.isArray(container);
  for (const name of Object.keys(container)) {
    const value = (container as Readonly<Record<string, unknown>>)[name];
    const key = isList ? under : name;
    if (typeof value === 'string') texts.push({ key, value });
    else if (isContainer(value)) gather(value, key, texts);
  }
}
