import { UserError } from '@mlflow-on-aws/command-line';
import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { findings, secretFindings, type Finding } from './rules';
import { environmentSchema, type Environment } from './schema';
import { dotted, show } from './show';
import { templates } from './templates';

/** Everything that is wrong with an environment file, a line each; its message is all that a person needs to see. */
export class EnvironmentError extends UserError {
  public override readonly name = 'EnvironmentError';

  /** @param problems each with file, path, the value and what would be right */
  public constructor(public readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

type Keyed = Record<string, unknown>;
type Path = readonly PropertyKey[];

/** Stands in for what is wrong, so that the rest can be checked. */
const example = {
  template: 'free-tier',
  name: 'example',
  accountId: '123456789012',
  region: 'us-east-1',
  loadBalancer: {
    domainName: 'mlflow.example.com',
    hostedZoneId: 'Z0123456789',
    scheme: 'internet-facing',
    idleTimeoutSeconds: 300,
    waf: false,
  },
};

/**
 * Fills in the template's defaults and checks the whole.
 *
 * @param input what the environment file exports
 * @param file its path, for messages
 * @throws EnvironmentError with all problems at once
 */
export function parseEnvironment(input: unknown, file: string): Environment {
  if (!isKeyed(input)) {
    throw new EnvironmentError([`${file}: got ${show(input, '')}, want an environment as an object`]);
  }
  const template = templateOf(input);
  // A load balancer has the same defaults wherever it is named, even where it is refused.
  const { loadBalancer } = isKeyed(input.loadBalancer) ? templates.production : {};
  const defaults = { loadBalancer, ...templates[template ?? 'free-tier'] };
  const filled = merge(defaults, input) as Keyed;
  const parsed = environmentSchema.safeParse(filled);
  const issues = parsed.success ? [] : parsed.error.issues;
  const wrong = issues.filter(({ code }) => code !== 'unrecognized_keys').map(({ path }) => keyOf(path));

  // The rest is checked too, with a right value in place of every wrong one, so that all problems are told at once.
  const repaired = parsed.success ? parsed.data : repair(filled, merge(example, defaults) as Keyed, wrong);
  const between = repaired === undefined ? [] : findings(repaired, template);
  const concerns = ({ path, against = [] }: Finding) => [path, ...against].map(split);
  const meaningful = between.filter((finding) => !concerns(finding).some((path) => wrong.some(holds(path))));

  const wrongByItself = issues.flatMap((issue) => problemsOf(issue, filled));
  const told = wrongByItself.map(({ path }) => split(path));
  // A secret in a wrong place is told there already; what is under an unknown key may hold some as well.
  const secrets = secretFindings(input).filter(({ path }) => !told.some((other) => isSame(other, split(path))));
  const problems = [...wrongByItself, ...secrets, ...meaningful].map(({ path, got, want }) => {
    const parts = split(path);
    return `${file}: ${dotted(parts)}: got ${got ?? show(at(filled, parts), String(parts.at(-1)))}, want ${want}`;
  });
  if (problems.length > 0 || !parsed.success) throw new EnvironmentError(problems);
  return parsed.data;
}

function templateOf({ template }: Keyed): Environment['template'] | undefined {
  return typeof template === 'string' && Object.hasOwn(templates, template)
    ? (template as Environment['template'])
    : undefined;
}

/** The template's value for every key that the input leaves out; lists are taken whole. */
function merge(base: unknown, input: unknown): unknown {
  if (input === undefined) return base;
  if (!isKeyed(base) || !isKeyed(input)) return input;
  const keys = new Set([...Object.keys(base), ...Object.keys(input)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(own(base, key), own(input, key))]));
}

/** What zod found, told as a finding each. */
function problemsOf(issue: z.core.$ZodIssue, filled: Keyed): readonly Finding[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      want: `a key of the schema: ${knownKey(key, path)}`,
    }));
  }
  if (issue.code === 'invalid_type' && issue.expected === 'object') return [{ path, want: 'an object' }];
  const want = issue.message.replace(/^want /, '');
  const value = at(filled, path);
  // Short lists of values are in the message; of long ones, such as regions, the nearest helps.
  if (
    issue.code === 'invalid_value' &&
    issue.values.length > 9 &&
    typeof value === 'string' &&
    typeof issue.values[0] === 'string'
  ) {
    return [{ path, want: `${want}; the nearest is ${closest(value, issue.values.map(String))}` }];
  }
  return [{ path, want }];
}

/** The key that was probably meant: a near one in the same place, the same one elsewhere, or else all there are. */
function knownKey(key: string, path: Path): string {
  const here = keysAt(path);
  const nearest = closest(key, [...here]);
  if (distance(key.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, nearest.length / 3)) {
    return `the nearest is ${nearest}`;
  }
  const elsewhere = allKeys(environmentSchema).find((known) => known.at(-1) === key);
  if (elsewhere) return `the nearest is ${dotted(elsewhere)}`;
  return here.join(', ');
}

function shapeOf(schema: unknown): Readonly<Record<string, unknown>> {
  if (schema instanceof z.ZodOptional) return shapeOf(schema.unwrap());
  return schema instanceof z.ZodObject ? schema.shape : {};
}

/** The keys that the schema knows at a path. */
function keysAt(path: Path): readonly string[] {
  return Object.keys(shapeOf(path.reduce<unknown>((schema, key) => own(shapeOf(schema), key), environmentSchema)));
}

function allKeys(schema: unknown, path: Path = []): readonly Path[] {
  return Object.entries(shapeOf(schema)).flatMap(([key, inner]) => [[...path, key], ...allKeys(inner, [...path, key])]);
}

/** The environment with a right value wherever a key is wrong, or undefined when that does not make it right. */
function repair(filled: Keyed, right: Keyed, wrong: readonly Path[]): Environment | undefined {
  const repaired = knownKeys(environmentSchema, filled) as Keyed;
  for (const path of wrong) {
    const parent = at(repaired, path.slice(0, -1));
    const key = String(path.at(-1));
    const value = at(right, path);
    if (!isKeyed(parent)) continue;
    if (value === undefined) Reflect.deleteProperty(parent, key);
    else parent[key] = value;
  }
  return environmentSchema.safeParse(repaired).data;
}

/** A copy with only the keys that the schema knows. */
function knownKeys(schema: unknown, value: unknown): unknown {
  if (!isKeyed(value)) return value;
  const shape = Object.entries(shapeOf(schema));
  if (shape.length === 0) return { ...value };
  return Object.fromEntries(shape.map(([key, inner]) => [key, knownKeys(inner, own(value, key))]));
}

function split(path: Finding['path']): Path {
  return typeof path === 'string' ? path.split('.') : path;
}

/** The key that a wrong value belongs to: a wrong item makes its whole list wrong. */
function keyOf(path: Path): Path {
  const item = path.findIndex((key) => typeof key === 'number');
  return item === -1 ? path : path.slice(0, item);
}

function isSame(one: Path, other: Path): boolean {
  return one.length === other.length && holds(one)(other);
}

/** Tests whether a path is a section of another one, or the same. */
function holds(path: Path): (section: Path) => boolean {
  return (section) => section.every((key, index) => String(key) === String(path[index]));
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (isKeyed(inner) || Array.isArray(inner) ? own(inner, key) : undefined),
    value,
  );
}

function own(value: object, key: PropertyKey): unknown {
  return Object.hasOwn(value, key) ? (value as Record<PropertyKey, unknown>)[key] : undefined;
}

function isKeyed(value: unknown): value is Keyed {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
