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

/** The smallest staging environment. */
export const staging = { ...prod, template: 'staging', name: 'staging' } satisfies EnvironmentInput;

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

/** What is changed, and the problems it makes, each told by the texts that it holds. */
export type Case = readonly [changes: Readonly<Record<string, unknown>>, ...told: (string | readonly string[])[]];

/** Changes to a right environment that are told, each with these problems and no other. */
export function refuses(base: object, cases: readonly Case[]) {
  it.each(cases.map(([changes, ...told]) => ({ changes, told })))('$changes is told', ({ changes, told }) => {
    const found = problems(edit(base, changes));
    const parts = told.map((texts) => [texts].flat() as string[]);
    expect(found).toEqual(parts.map(([first]) => expect.stringContaining(first ?? '')));
    parts.forEach((texts, index) => texts.forEach((text) => expect(found[index]).toContain(text)));
  });
}

/** Changes to a right environment that leave it right. */
export function accepts(base: object, cases: readonly Readonly<Record<string, unknown>>[]) {
  it.each(cases.map((changes) => ({ changes })))('$changes is accepted', ({ changes }) => {
    expect(problems(edit(base, changes))).toEqual([]);
  });
}
