import { readEnvironments, type EnvironmentFile } from './index';
import { dev, edit, prod } from './spec-helpers';

const file = (folder: string, input: unknown): EnvironmentFile => ({
  path: `apps/${folder}/environment.ts`,
  read: () => input,
});
const throwing = (folder: string, thrown: unknown): EnvironmentFile => ({
  path: `apps/${folder}/environment.ts`,
  read: () => {
    throw thrown;
  },
});
const told = (...files: readonly EnvironmentFile[]) =>
  readEnvironments(files).wrong.flatMap(({ problems }) => problems);

it('every environment is read, in order', () => {
  const { environments, wrong } = readEnvironments([file('dev', dev), file('prod', prod)]);
  expect(environments.map(({ name }) => name)).toEqual(['dev', 'prod']);
  expect(wrong).toEqual([]);
});

it('the mistakes of every file are told, and the right ones are there without them', () => {
  const files = [
    file('one', edit(dev, { name: 'one', region: 'mars' })),
    file('dev', dev),
    file('prod', edit(prod, { name: 7, databse: 1 })),
  ];
  const { environments, wrong } = readEnvironments(files);
  expect(environments.map(({ name }) => name)).toEqual(['dev']);
  expect(wrong).toEqual([
    {
      path: 'apps/one/environment.ts',
      names: ['one', 'one'],
      problems: [expect.stringContaining('apps/one/environment.ts: region: got "mars"')],
    },
    {
      path: 'apps/prod/environment.ts',
      names: ['prod'],
      problems: [
        expect.stringContaining('apps/prod/environment.ts: name: got 7'),
        expect.stringContaining('apps/prod/environment.ts: databse: got 1'),
      ],
    },
  ]);
});

it.each([
  [new ReferenceError('acount is not defined\n    at apps/prod/environment.ts:9:3'), 'acount is not defined'],
  ['thrown', 'thrown'],
])('what a file throws, %p, is one of its mistakes, without a stack trace', (thrown, text) => {
  expect(told(file('dev', dev), throwing('prod', thrown))).toEqual([`apps/prod/environment.ts: ${text}`]);
});

it('a file that exports nothing is told', () => {
  expect(told(file('dev', undefined))).toEqual([
    'apps/dev/environment.ts: got nothing, want an environment as an object',
  ]);
});

describe('names', () => {
  const named = (name: string, more: Readonly<Record<string, unknown>> = {}) => edit(dev, { name, ...more });

  it('are each of one file', () => {
    expect(told(file('dev', dev), file('prod', edit(prod, { name: 'dev' })))).toEqual([
      'apps/prod/environment.ts: name: got "dev", want another: apps/dev/environment.ts has it',
    ]);
  });

  it('are told beside the other mistakes of either file', () => {
    expect(
      told(file('dev', edit(dev, { region: 'x' })), file('prod', edit(prod, { name: 'dev', accountId: 1 }))),
    ).toEqual([
      expect.stringContaining('apps/dev/environment.ts: region: got "x"'),
      expect.stringContaining('apps/prod/environment.ts: accountId: got 1'),
      'apps/prod/environment.ts: name: got "dev", want another: apps/dev/environment.ts has it',
    ]);
  });

  it.each([
    ['dev', 'dev-2'],
    ['dev-2', 'dev'],
    ['dev', 'dev-mlflow'],
  ])('%s and %s in one account are refused: what may change the one may change the other', (first, second) => {
    expect(told(file(first, named(first)), file(second, named(second)))).toEqual([
      `apps/${second}/environment.ts: name: got "${second}", want another that does not share its beginning with "${first}" ` +
        `of apps/${first}/environment.ts: what may change dev-* would change both`,
    ]);
  });

  it('are those of their folders, by which what belongs to an environment is found', () => {
    expect(told(file('staging', named('stage')))).toEqual([
      'apps/staging/environment.ts: name: got "stage", want "staging", as its folder is called',
    ]);
  });

  it.each([
    ['dev', 'devel', {}],
    ['dev', 'dev2', {}],
    ['dev', 'dev-2', { accountId: '210987654321' }],
  ])('%s and %s %p do not meet', (first, second, more) => {
    expect(told(file(first, named(first)), file(second, named(second, more)))).toEqual([]);
  });
});
