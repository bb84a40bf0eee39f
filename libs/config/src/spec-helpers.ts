import { EnvironmentError, parseEnvironment, type EnvironmentInput } from './index';

/** The file that the problems of the tests are in. */
export const file = 'apps/dev/environment.ts';

/** The smallest environment on the free tier. */
export const dev = {
  template: 'free-tier',
  name: 'dev',
  accountId: '123456789012',
  region: 'eu-central-1',
} satisfies EnvironmentInput;

/** The smallest production environment. */
export const prod = {
  ...dev,
  template: 'production',
  name: 'prod',
  loadBalancer: { domainName: 'mlflow.example.com', hostedZoneId: 'Z0123456789ABC' },
} satisfies EnvironmentInput;

/** What is wrong with an input, without the file's name; throws whatever is not an EnvironmentError. */
export function problems(input: unknown): readonly string[] {
  try {
    parseEnvironment(input, file);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return error.problems.map((problem) => problem.replace(`${file}: `, ''));
  }
  return [];
}

type Keyed = Record<string, unknown>;

/** A copy with some keys, named by their path, set; undefined takes a key away. */
export function edit(base: object, changes: Readonly<Record<string, unknown>>): unknown {
  const copy = structuredClone(base) as Keyed;
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop() as string;
    const parent = keys.reduce((inner, key) => (inner[key] ??= {}) as Keyed, copy);
    if (value === undefined) Reflect.deleteProperty(parent, last);
    else parent[last] = value;
  }
  return copy;
}
