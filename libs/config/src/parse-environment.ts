import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { findings, type Finding } from './rules';
import { environmentSchema, type Environment } from './schema';
import { templates } from './templates';

/** Everything that is wrong with an environment file, a line each; its message is all that a person needs to see. */
export class EnvironmentError extends Error {
  public override readonly name = 'EnvironmentError';

  /** @param problems each with file, path, the value and what would be right */
  public constructor(public readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

type Keyed = Record<string, unknown>;
type Path = readonly PropertyKey[];

/**
 * Fills in the template's defaults and checks the whole.
 *
 * @param input what the environment file exports
 * @param file its path, for messages
 * @throws EnvironmentError with all problems at once
 */
export function parseEnvironment(input: unknown, file: string): Environment {
  if (!isKeyed(input)) throw new EnvironmentError([`${file}: got ${show(input)}, want an environment as an object`]);
  const template =
    typeof input.template === 'string' && Object.hasOwn(templates, input.template)
      ? templates[input.template as Environment['template']]
      : undefined;
  const filled = merge(template ?? templates['free-tier'], input) as Keyed;
  const parsed = environmentSchema.safeParse(filled);
  const structural = parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(issue));

  // The rest is checked too, with a valid value in place of every wrong one, so that all problems are told at once.
  const repaired = parsed.success
    ? parsed.data
    : repair(
        filled,
        parsed.error.issues.map(({ path }) => path),
      );
  const known = structural.map(({ path }) => path);
  const crossField = (repaired === undefined ? [] : findings(repaired)).filter(
    ({ path }) =>
      !known.some((wrong) => path === wrong || path.startsWith(`${wrong}.`) || path.startsWith(`${wrong}[`)),
  );
  const problems = [...structural, ...crossField].map(
    ({ path, want }) => `${file}: ${path}: got ${show(at(filled, path))}, want ${want}`,
  );
  if (problems.length > 0 || !parsed.success) throw new EnvironmentError(problems);
  return parsed.data;
}

/** The template's value for every key that the input leaves out; lists are taken whole. */
function merge(base: unknown, input: unknown): unknown {
  if (input === undefined) return base;
  if (!isKeyed(base) || !isKeyed(input)) return input;
  return Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(input)])].map((key) => [
      key,
      merge(own(base, key), own(input, key)),
    ]),
  );
}

function problemsOf(issue: z.core.$ZodIssue): readonly Finding[] {
  if (issue.code === 'unrecognized_keys') {
    const keys = keysAt(issue.path);
    return issue.keys.map((key) => ({
      path: dotted([...issue.path, key]),
      want: keys.length > 0 ? `a key of the schema: the nearest is ${closest(key, [...keys])}` : 'no such key',
    }));
  }
  if (issue.code === 'invalid_type' && issue.expected === 'object')
    return [{ path: dotted(issue.path), want: 'an object' }];
  return [{ path: dotted(issue.path), want: issue.message.replace(/^want /, '') }];
}

/** The keys that the schema knows at a path. */
function keysAt(path: Path): readonly string[] {
  let schema: unknown = environmentSchema;
  for (const key of path) schema = schema instanceof z.ZodObject ? (schema.shape as Keyed)[String(key)] : undefined;
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** The environment with the template's value wherever a key is wrong, or undefined when that does not make it right. */
function repair(filled: Keyed, wrong: readonly Path[]): Environment | undefined {
  const valid: Keyed = {
    template: 'free-tier',
    name: 'name',
    accountId: '000000000000',
    region: 'us-east-1',
    ...templates[filled.template === 'production' ? 'production' : 'free-tier'],
  };
  const repaired = knownKeys(filled);
  for (const path of wrong) {
    const keys = path.filter((key) => typeof key === 'string');
    const last = keys.at(-1);
    const parent = keys
      .slice(0, -1)
      .reduce<unknown>((value, key) => (isKeyed(value) ? own(value, key) : undefined), repaired);
    if (last === undefined || !isKeyed(parent)) continue;
    parent[last] = keys.reduce<unknown>((value, key) => (isKeyed(value) ? own(value, key) : undefined), valid);
  }
  return environmentSchema.safeParse(repaired).data;
}

/** A copy with only the keys that the schema knows. */
function knownKeys(value: Keyed): Keyed {
  const keep = (schema: unknown, given: unknown): unknown =>
    schema instanceof z.ZodObject && isKeyed(given)
      ? Object.fromEntries(
          Object.keys(schema.shape).map((key) => [key, keep((schema.shape as Keyed)[key], own(given, key))]),
        )
      : given;
  return keep(environmentSchema, value) as Keyed;
}

function at(value: unknown, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .filter((key) => key !== '')
    .reduce<unknown>(
      (inner, key) => (isKeyed(inner) || Array.isArray(inner) ? own(inner as Keyed, key) : undefined),
      value,
    );
}

function own(value: Keyed, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function isKeyed(value: unknown): value is Keyed {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function dotted(path: Path): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`))
    .join('');
}

/** A value as a person recognizes it; never one that could be a secret. */
function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string' && /PRIVATE KEY|^\s*ssh-/.test(value)) {
    return value.includes('PRIVATE KEY')
      ? 'a private key (not shown; it must never be in a file)'
      : 'an SSH key (not shown)';
  }
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = String(value);
  }
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
