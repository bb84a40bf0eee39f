import { parseArgs } from 'node:util';
import type { Action, Options } from './program';
import { nearest, oneOf, quote, unknownName } from './words';

/** What was given, before it has types. */
export interface Read {
  readonly options: Readonly<Record<string, boolean | string | readonly string[] | undefined>>;
  readonly positionals: readonly (string | undefined)[];
}

/** Reads the arguments of an action, or says all that is wrong with them. */
export function read(
  { options = {}, positionals = [], choices = {} }: Action,
  args: readonly string[],
): Read | { readonly problems: readonly string[] } {
  // Not strict: it would stop at the first problem, and tell it in words of its own.
  const { tokens } = parseArgs({ args: [...args], options: described(options), strict: false, tokens: true });
  const problems: string[] = [];
  const values: Record<string, string[]> = {};
  const words: string[] = [];
  const told = new Set<number>();
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined || !token.rawName.startsWith('--')) {
      // `-wipe` is four tokens of one mistake.
      if (told.has(token.index)) continue;
      told.add(token.index);
      problems.push(unknownOption(args[token.index] ?? token.rawName, options));
      continue;
    }
    const given = (values[token.name] ??= []);
    const problem = valueProblem(token, option, given.length > 0);
    if (problem === undefined) given.push(token.value ?? '');
    else problems.push(problem);
  }
  problems.push(...wordProblems(words, positionals, choices));
  return problems.length > 0
    ? { problems }
    : { options: valuesOf(options, values), positionals: inPlaces(words, positionals) };
}

const described = (options: Options) =>
  Object.fromEntries(
    Object.entries(options).map(([name, { value }]) => [
      name,
      { type: value ? ('string' as const) : ('boolean' as const) },
    ]),
  );

function unknownOption(given: string, options: Options): string {
  const known = Object.keys(options).map((name) => `--${name}`);
  const [name = ''] = given.split('=', 1);
  const near = nearest(name.replace(/^-*/, '--'), known);
  const hint = near ? `the nearest is ${near}` : known.length > 0 ? `there is ${known.join(', ')}` : 'there is none';
  return `got option ${quote(name)}, which is unknown: ${hint}`;
}

function valueProblem(
  { name, value, inlineValue }: { readonly name: string; readonly value?: string; readonly inlineValue?: boolean },
  option: Options[string],
  before: boolean,
): string | undefined {
  if (before && !option?.multiple) return `--${name}: given twice, want it once`;
  if (option?.value === undefined)
    return value === undefined ? undefined : `--${name}: got ${quote(value)}, want no value`;
  if (value === undefined || value === '') return `--${name}: the value is missing, want --${name} ${option.value}`;
  // The next option is no value of this one; whoever means it writes --name=-value.
  if (!inlineValue && /^-./.test(value))
    return `--${name}: the value is missing, got option ${quote(value)}, want --${name} ${option.value}`;
  return undefined;
}

const bare = (positional: string): string => positional.replace(/^\[|(\.\.\.)?\]?$/g, '');
const isOptional = (positional: string): boolean => positional.startsWith('[');
const isMany = (positional: string | undefined): boolean => /\.\.\.\]?$/.test(positional ?? '');

function wordProblems(
  words: readonly string[],
  positionals: readonly string[],
  choices: NonNullable<Action['choices']>,
): readonly string[] {
  const missing = positionals.slice(words.length).filter((positional) => !isOptional(positional));
  const extra = isMany(positionals.at(-1)) ? [] : words.slice(positionals.length);
  const want = positionals.length === 0 ? 'no argument' : `${positionals.join(' ')} alone`;
  return [
    ...missing.map(bare).map((name) => {
      const known = choices[name]?.();
      return `${name} is missing${known ? `, want ${oneOf(known)}` : ''}`;
    }),
    ...words.flatMap((word, at) => {
      const name = bare(positionals[Math.min(at, positionals.length - 1)] ?? '');
      if (extra.length > 0 && at >= positionals.length) return [];
      if (word === '') return [`${name}: got "", want a value`];
      const known = choices[name]?.();
      return (known && unknownName(name, word, known)) ?? [];
    }),
    ...(extra.length > 0 ? [`got ${extra.map(quote).join(' and ')} as well, want ${want}`] : []),
  ];
}

function valuesOf(options: Options, values: Readonly<Record<string, readonly string[]>>): Read['options'] {
  return Object.fromEntries(
    Object.entries(options).map(([name, { value, multiple }]) => {
      const given = values[name] ?? [];
      if (value === undefined) return [name, given.length > 0];
      return [name, multiple ? given : given[0]];
    }),
  );
}

/** The words as a list that `Positionals` describes: of one that takes many, the words from its place on. */
function inPlaces(words: readonly string[], positionals: readonly string[]): Read['positionals'] {
  return isMany(positionals.at(-1)) ? words : positionals.map((_, at) => words[at]);
}
