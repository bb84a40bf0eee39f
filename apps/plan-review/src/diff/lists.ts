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

function byLikeness(left: readonly Marked[], right: readonly Marked[]): Pair[] {
  const only = left.length <= 1 && right.length <= 1;
  const label = (index: number): string => (only ? '' : `[${index}]`);
  const [gone, come] = withoutEqual(left, right);
  const result: Pair[] = [];
  for (const { element, index } of come) {
    const best = gone
      .map((candidate) => ({ candidate, likeness: only ? 1 : likeness(candidate.element, element) }))
      .sort((a, b) => b.likeness - a.likeness)[0];
    if (best !== undefined && best.likeness >= 0.5) {
      gone.splice(gone.indexOf(best.candidate), 1);
      result.push({ before: best.candidate.element, after: element, label: label(index), index });
    } else {
      result.push({ after: element, label: only ? '' : '[]', index });
    }
  }
  return [...gone.map(({ element, index }): Pair => ({ before: element, label: only ? '' : '[]', index })), ...result];
}

function withoutEqual(left: readonly Marked[], right: readonly Marked[]): [Indexed[], Indexed[]] {
  const waiting = new Map<string, Indexed[]>();
  left.forEach((element, index) => {
    const key = keyOf(element);
    waiting.set(key, [...(waiting.get(key) ?? []), { element, index }]);
  });
  const come = right.flatMap((element, index) => (waiting.get(keyOf(element))?.shift() ? [] : [{ element, index }]));
  return [[...waiting.values()].flat(), come];
}

const keyOf = ({ value, unknown }: Marked): string => canonical([value, isMarked(unknown) ? unknown : null]);

/** The share of fields in which two objects agree. */
function likeness({ value: before }: Marked, { value: after }: Marked): number {
  if (!isObject(before) || !isObject(after)) return 0;
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.filter((key) => canonical(before[key]) === canonical(after[key])).length / keys.length;
}
