import { isMarked, isObject, markOf } from '../../diff/marks';
import { matches } from '../policies/match';

/** What a guard is about: the kinds of the table of rules. */
export type Kind = 'loss without a destroy' | 'encryption' | 'TLS' | 'public' | 'identity' | 'logging';

/** How much the value of an attribute guards. */
export interface Strength {
  /** What is worse, for the table of rules. */
  readonly worse: string;
  /** The more, the better guarded; undefined where the value says nothing. */
  readonly of: (value: unknown) => number | undefined;
}

/** An attribute that guards something. */
export interface Guard {
  readonly kind: Kind;
  /** Resource types, with `*` as in a file name. @default - every type that has the attribute */
  readonly types?: readonly string[];
  /** Paths of the attributes. A list of many is marked `name[]`; a block of which there is one is not. */
  readonly attributes: readonly string[];
  readonly strength: Strength;
  /** Whether a new resource that starts out with nothing guarded is worth a word. @default false */
  readonly atStart?: true;
  /** Attributes that, when they are set, decide in place of this one: a copy is encrypted as its source is. */
  readonly unless?: readonly string[];
  /** Whether the guard does not concern a resource with these values. @default - it concerns all */
  readonly except?: (values: Readonly<Record<string, unknown>>) => boolean;
  /** Whether the change needs an exception. @default false */
  readonly refused?: true;
  /** What is then so; `{after}` and `{before}` stand for the values. */
  readonly text: string;
}

const isOff = (value: unknown): boolean =>
  /^(false|0|off|disabled|inactive|none|suspended|optional)$/i.test(String(value));
const isOn = (value: unknown): boolean => /^(true|1|on|enabled|active|required)$/i.test(String(value));
const isUnset = (value: unknown): boolean => value === undefined || value === null || value === '';

/** A switch that should be on; where nothing is said, it is off. */
export const on: Strength = { worse: 'off or absent', of: (value) => (isOn(value) ? 1 : 0) };
/** A switch that is on where nothing is said. */
export const onByDefault: Strength = { worse: 'off', of: (value) => (isOff(value) ? 0 : 1) };
/** A switch that should be on; where nothing is said something else decides, which is less than on and more than off. */
export const onOrElsewhere: Strength = {
  worse: 'off; absent where it was on',
  of: (value) => (isOn(value) ? 2 : isUnset(value) ? 1 : isOff(value) ? 0 : undefined),
};
/** A switch that should be off; where nothing is said, it is. */
export const off: Strength = { worse: 'on', of: (value) => (isOn(value) ? 0 : 1) };
/** A switch that should be off, and is on where nothing is said. */
export const offNotByDefault: Strength = { worse: 'on or absent', of: (value) => (isOff(value) ? 1 : 0) };
/** Something that should be there. */
export const present: Strength = { worse: 'absent', of: (value) => (isUnset(value) || isEmpty(value) ? 0 : 1) };

/** A list that should not get shorter. */
export const asMany: Strength = { worse: 'fewer', of: (value) => (Array.isArray(value) ? value.length : 0) };

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** A number that should not shrink. */
export function atLeast(absent: number, forever?: number): Strength {
  return {
    worse: forever === undefined ? 'fewer' : `fewer (${forever} means for ever)`,
    of: (value) => {
      const number = isUnset(value) ? absent : Number(value);
      return Number.isNaN(number) ? undefined : number === forever ? Infinity : number;
    },
  };
}

/** Values from the worst to the best; what is not named says nothing. */
export function ranked(absent: string, ...worstFirst: readonly (string | RegExp)[]): Strength {
  const rank = (value: string): number =>
    worstFirst.findIndex((one) => (typeof one === 'string' ? one === value : one.test(value)));
  const names = worstFirst.map((one) => (typeof one === 'string' ? one : one.source.replace(/[\^$]/g, '')));
  return {
    worse: names.slice(0, -1).join(', '),
    of: (value) => {
      const found = rank(isUnset(value) ? absent : String(value));
      return found < 0 ? undefined : found;
    },
  };
}

/** A guard and where it is weaker than before. */
export interface Weakened {
  readonly guard: Guard;
  readonly attribute: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Values of one side of a change, with the marks of those known only after apply. */
export interface Side {
  readonly values: unknown;
  readonly unknown?: unknown;
}

/** Which guards a resource has less of than before; `before` undefined for a new resource. */
export function weakened(type: string, before: unknown, after: Side, guards: readonly Guard[]): Weakened[] {
  const { values } = after;
  if (!isObject(values)) return [];
  return guardsOf(type, isObject(before), guards)
    .filter(({ unless }) => unless?.some((other) => !isUnset(values[other]) && !isEmpty(values[other])) !== true)
    .filter(({ except }) => except?.(values) !== true)
    .flatMap((guard) => guard.attributes.flatMap((attribute) => weaker(guard, attribute, before, after)));
}

const byType = new WeakMap<readonly Guard[], Map<string, readonly Guard[]>>();

/** The guards that may concern a resource of a type, new or not, found once for all of them. */
function guardsOf(type: string, wasThere: boolean, guards: readonly Guard[]): readonly Guard[] {
  const known = byType.get(guards) ?? new Map<string, readonly Guard[]>();
  byType.set(guards, known);
  const key = `${type} ${wasThere}`;
  const found =
    known.get(key) ??
    guards
      .filter(({ types }) => types === undefined || types.some((pattern) => matches(pattern, type)))
      .filter(({ atStart, refused }) => wasThere || atStart === true || refused === true);
  known.set(key, found);
  return found;
}

function weaker(guard: Guard, attribute: string, before: unknown, after: Side): Weakened[] {
  const path = pathOf(attribute);
  // Without types, it is the attribute that says whether the guard is one of this resource.
  if (guard.types === undefined && !has(before, path) && !has(after.values, path)) return [];
  const old = places(path, { values: before });
  return places(path, after).flatMap(({ place, value, unknown }) => {
    if (isMarked(unknown)) return [];
    const had = old.find((other) => other.place === place);
    const strength = guard.strength.of(value);
    if (strength === undefined) return [];
    // A new resource or element has lost nothing: it counts only where it starts with no guard at all.
    if (!isObject(before) || had === undefined)
      return strength === 0 && (guard.atStart === true || guard.refused === true)
        ? [{ guard, attribute, before: undefined, after: value }]
        : [];
    const lost = strength < (guard.strength.of(had.value) ?? -1);
    return lost ? [{ guard, attribute, before: had.value, after: value }] : [];
  });
}

/** One step of a path: a block or an attribute, or each of a list. */
interface Step {
  readonly key: string;
  readonly each: boolean;
}

const paths = new Map<string, readonly Step[]>();

function pathOf(attribute: string): readonly Step[] {
  const known = paths.get(attribute);
  if (known !== undefined) return known;
  const path = attribute.split('.').map((part) => ({ key: part.replace('[]', ''), each: part.endsWith('[]') }));
  paths.set(attribute, path);
  return path;
}

interface Place {
  /** The elements of lists on the way. */
  readonly place: string;
  readonly value: unknown;
  readonly unknown: unknown;
}

/** What names an element of a list from one plan to the next. */
const identities = [
  'device_name',
  'virtual_name',
  'name',
  'id',
  'rule_name',
  'region_name',
  'path_pattern',
  'origin_id',
];

/** The values at a path. */
function places(path: readonly Step[], { values, unknown }: Side, from = 0, place = ''): Place[] {
  let [value, mark] = [values, unknown];
  for (let index = from; index < path.length; index += 1) {
    const { key, each } = path[index] as Step;
    // A block, of which there is one, reads as a list.
    if (Array.isArray(value)) [value, mark] = [value[0], markOf(mark, 0)];
    [value, mark] = [isObject(value) ? value[key] : undefined, markOf(mark, key)];
    if (!each) continue;
    const list: unknown[] = Array.isArray(value) ? value : isObject(value) ? [value] : [];
    return list.flatMap((element, position) => {
      const side = { values: element, unknown: Array.isArray(value) ? markOf(mark, position) : mark };
      return places(path, side, index + 1, `${place}/${called(element, position)}`);
    });
  }
  return [{ place, value, unknown: mark }];
}

function called(element: unknown, position: number): string {
  const identity = isObject(element) ? identities.find((one) => typeof element[one] === 'string') : undefined;
  return identity !== undefined && isObject(element) ? String(element[identity]) : String(position);
}

function has(values: unknown, path: readonly Step[], from = 0): boolean {
  const step = path[from];
  if (step === undefined) return true;
  if (Array.isArray(values)) return values.some((element) => has(element, path, from));
  return isObject(values) && step.key in values && has(values[step.key], path, from + 1);
}

/** What a weakened guard means, as a sentence. */
export function sentence({ guard, attribute, before, after }: Weakened): string {
  const said = (value: unknown): string => (isUnset(value) ? 'unset' : String(value));
  const text = guard.text
    .replaceAll('{before}', said(before))
    .replaceAll('{after}', said(after))
    .replace(/\b1 days\b/, '1 day');
  return `${text} (${attribute.replaceAll('[]', '')})`;
}
