import { canonical, elements, isMarked, isObject, type Marked } from './marks';

/** Two elements that are one thing, or one that came or went. */
export interface Pair {
  readonly before?: Marked;
  readonly after?: Marked;
  /** What tells the element from its neighbours, as it stands behind the list's name. */
  readonly label: string;
  /** Where the element stands, as Terraform counts. */
  readonly index: number;
}

/** What names an element of a list, best first. */
const identities = [
  'Sid',
  'sid',
  'key',
  'name',
  'Name',
  'id',
  'Id',
  'rule_id',
  'device_name',
  'resource_type',
  'priority',
];

/** Pairs the elements of two lists: by what names them, else equal ones, else those that are most alike. */
export function pairs(before: Marked, after: Marked): Pair[] {
  const [left, right] = [elements(before), elements(after)];
  const identity = identities.find((key) => names(left, key) && names(right, key));
  if (identity !== undefined) return byIdentity(left, right, identity);
  return byLikeness(left, right);
}

function names(list: readonly Marked[], key: string): boolean {
  const values = list.map((element) => identityOf(element, key));
  return !values.includes(undefined) && new Set(values).size === values.length;
}

function identityOf({ value, sensitive }: Marked, key: string): string | number | undefined {
  if (!isObject(value) || sensitive === true || (isObject(sensitive) && isMarked(sensitive[key]))) return undefined;
  const name = value[key];
  return (typeof name === 'string' && name !== '') || typeof name === 'number' ? name : undefined;
}

function byIdentity(left: readonly Marked[], right: readonly Marked[], key: string): Pair[] {
  const label = (element: Marked): string => `[${JSON.stringify(identityOf(element, key))}]`;
  const gone = new Map(left.map((element, index) => [label(element), { element, index }]));
  const stayed = right.map((after, index): Pair => {
    const before = gone.get(label(after))?.element;
    gone.delete(label(after));
    return { before, after, label: label(after), index };
  });
  return [...[...gone].map(([name, { element, index }]): Pair => ({ before: element, label: name, index })), ...stayed];
}

interface Indexed {
  readonly element: Marked;
  readonly index: number;
}

/** Lists with more pairs than this are paired by their order: nobody reads which of thousands are alike. */
const mostCompared = 10_000_000;

function byLikeness(left: readonly Marked[], right: readonly Marked[]): Pair[] {
  const only = left.length <= 1 && right.length <= 1;
  const label = (index: number): string => (only ? '' : `[${index}]`);
  const [gone, come] = withoutEqual(left, right);
  const partners = only ? [0] : alike(gone, come);
  const result = come.map(({ element, index }, at): Pair => {
    const before = gone[partners[at] ?? -1];
    return before === undefined
      ? { after: element, label: only ? '' : '[]', index }
      : { before: before.element, after: element, label: label(index), index };
  });
  const taken = new Set(partners);
  const stays = gone.filter((_, at) => come.length === 0 || !taken.has(at));
  return [...stays.map(({ element, index }): Pair => ({ before: element, label: only ? '' : '[]', index })), ...result];
}

/** For each element that came the place of the one that went and is most like it, in at least half of its fields. */
function alike(gone: readonly Indexed[], come: readonly Indexed[]): (number | undefined)[] {
  if (gone.length * come.length > mostCompared) return come.map((_, at) => (at < gone.length ? at : undefined));
  const fieldsOf = fieldReader([...gone, ...come]);
  const free = gone.map((candidate, at) => ({ at, fields: fieldsOf(candidate) }));
  return come.map((element) => {
    const fields = fieldsOf(element);
    let best: (typeof free)[number] | undefined;
    let most = 0;
    for (const candidate of free) {
      const share = fields && candidate.fields ? likeness(candidate.fields, fields) : 0;
      if (share > most) [best, most] = [candidate, share];
    }
    if (best === undefined || most < 0.5) return undefined;
    free.splice(free.indexOf(best), 1);
    return best.at;
  });
}

/** Reads an object as numbers, one for each field that any of them has, the same for equal values; 0 where there is none. */
function fieldReader(all: readonly Indexed[]): (of: Indexed) => Int32Array | undefined {
  const keys = [...new Set(all.flatMap(({ element: { value } }) => (isObject(value) ? Object.keys(value) : [])))];
  const numbers = new Map<string, number>();
  return ({ element: { value } }) =>
    isObject(value)
      ? Int32Array.from(keys, (key) => {
          if (!(key in value)) return 0;
          const text = canonical(value[key]);
          const number = numbers.get(text) ?? numbers.size + 1;
          numbers.set(text, number);
          return number;
        })
      : undefined;
}

/** The share of fields in which two objects agree. */
function likeness(before: Int32Array, after: Int32Array): number {
  let equal = 0;
  let fields = 0;
  for (let at = 0; at < before.length; at++) {
    if (before[at] === 0 && after[at] === 0) continue;
    fields++;
    if (before[at] === after[at]) equal++;
  }
  return fields === 0 ? 1 : equal / fields;
}

function withoutEqual(left: readonly Marked[], right: readonly Marked[]): [Indexed[], Indexed[]] {
  const waiting = new Map<string, Indexed[]>();
  left.forEach((element, index) => {
    const key = keyOf(element);
    const same = waiting.get(key);
    if (same === undefined) waiting.set(key, [{ element, index }]);
    else same.push({ element, index });
  });
  const come = right.flatMap((element, index) => (waiting.get(keyOf(element))?.shift() ? [] : [{ element, index }]));
  return [[...waiting.values()].flat(), come];
}

const keyOf = ({ value, unknown }: Marked): string => canonical([value, isMarked(unknown) ? unknown : null]);
