import { action, execute, quote, UserError, type Program } from './index';

async function run(program: Program, ...args: string[]) {
  const said = { out: '', error: '' };
  const code = await execute(program, args, {
    out: (text) => (said.out += text),
    error: (text) => (said.error += text),
  });
  return { code, ...said, ran: ran.splice(0) };
}
const ran: unknown[] = [];

const cost: Program = {
  name: 'npm run cost',
  usage: 'npm run cost -- STACK [--plan PLAN.json] [--tag TAG]... [--quiet]',
  action: action({
    positionals: ['STACK', '[REGION]'],
    options: { plan: { value: 'PLAN.json' }, tag: { value: 'TAG', multiple: true }, quiet: {} },
    choices: { STACK: () => ['dev', 'prod'] },
    run: (given) => void ran.push(given),
  }),
};
const seal: Program = {
  name: 'seal',
  usage: 'seal FILE...',
  action: action({ positionals: ['FILE...'], run: ({ positionals }) => void ran.push(...positionals) }),
};
const local: Program = {
  name: 'npm run local',
  usage: 'npm run local [-- COMMAND]',
  otherwise: 'up',
  commands: {
    up: action({ positionals: ['[ENVIRONMENT]'], run: () => void ran.push('up') }),
    down: action({ options: { wipe: {} }, run: ({ options }) => (ran.push(['down', options.wipe]), 3) }),
  },
};
const strict: Program = { name: 'strict', usage: 'strict COMMAND', commands: local.commands };

test.each<[string, Program, string[]]>([
  ['alone', cost, ['--help']],
  ['by its letter', cost, ['-h']],
  ['after arguments and before wrong ones', cost, ['dev', '--help', '--nonsense']],
  ['after a command', local, ['up', '--help']],
  ['as a command', local, ['help']],
  ['where a value would be', cost, ['dev', '--plan', '--help']],
])('help is told and nothing is run: %s', async (_, program, args) => {
  expect(await run(program, ...args)).toEqual({ code: 0, out: `${program.usage}\n`, error: '', ran: [] });
});

test.each<[Program, string[], unknown[]]>([
  [cost, ['dev'], [{ positionals: ['dev', undefined], options: { plan: undefined, tag: [], quiet: false } }]],
  [
    cost,
    ['--tag', 'a', 'prod', '--tag=b', '--plan=-', 'here', '--quiet'],
    [{ positionals: ['prod', 'here'], options: { plan: '-', tag: ['a', 'b'], quiet: true } }],
  ],
  [cost, ['dev', '--', '--help'], [{ positionals: ['dev', '--help'], options: { tag: [], quiet: false } }]],
  [seal, ['a', 'b'], ['a', 'b']],
  [local, [], ['up']],
  [local, ['down', '--wipe'], [['down', true]]],
])('what is right is run: %#', async (program, args, expected) => {
  const { error, ran: done } = await run(program, ...args);
  expect([error, done]).toEqual(['', expected]);
});

test('the exit code is the one of the action', async () => {
  expect([(await run(local)).code, (await run(local, 'down')).code]).toEqual([0, 3]);
});

test.each<[Program, string[], string[]]>([
  [cost, ['dev', '--plna', 'x'], ['got option "--plna", which is unknown: the nearest is --plan']],
  [cost, ['dev', '--size=3'], ['got option "--size", which is unknown: there is --plan, --tag, --quiet']],
  [cost, ['dev', '-quiet'], ['got option "-quiet", which is unknown: the nearest is --quiet']],
  [cost, ['dev', '-q'], ['got option "-q", which is unknown: there is --plan, --tag, --quiet']],
  [cost, ['dev', '--constructor'], ['got option "--constructor", which is unknown: there is --plan, --tag, --quiet']],
  [seal, ['a', '--b'], ['got option "--b", which is unknown: there is none']],
  [cost, ['dev', '--plan'], ['--plan: the value is missing, want --plan PLAN.json']],
  [cost, ['dev', '--plan='], ['--plan: the value is missing, want --plan PLAN.json']],
  [cost, ['dev', '--plan', '--quiet'], ['--plan: the value is missing, got option "--quiet", want --plan PLAN.json']],
  [cost, ['dev', '--quiet=no'], ['--quiet: got "no", want no value']],
  [cost, ['dev', '--plan', 'a', '--plan', 'b'], ['--plan: given twice, want it once']],
  [cost, ['dev', '--quiet', '--quiet'], ['--quiet: given twice, want it once']],
  [cost, [], ['STACK is missing, want dev or prod']],
  [cost, [''], ['STACK: got "", want a value']],
  [cost, ['prd'], ['STACK: got "prd", want dev or prod; the nearest is prod']],
  [cost, ['nowhere'], ['STACK: got "nowhere", want dev or prod']],
  [cost, ['dev', 'here', 'and', 'there'], ['got "and" and "there" as well, want STACK [REGION] alone']],
  [seal, [], ['FILE is missing']],
  [local, ['down', 'prod'], ['got "prod" as well, want no argument']],
  [local, ['dwon'], ['COMMAND: got "dwon", want up or down; the nearest is down']],
  [local, ['toString'], ['COMMAND: got "toString", want up or down']],
  [local, ['--wipe'], ['got option "--wipe", which is unknown: there is none']],
  [strict, [], ['COMMAND is missing, want up or down']],
  [strict, ['--wipe', 'down'], ['COMMAND is missing before "--wipe", want up or down']],
  [
    cost,
    ['prd', '--plna'],
    [
      'got option "--plna", which is unknown: the nearest is --plan',
      'STACK: got "prd", want dev or prod; the nearest is prod',
    ],
  ],
  [cost, ['AKIAIOSFODNN7EXAMPLE'], ['STACK: got text of 20 characters (not shown), want dev or prod']],
])('what is wrong is refused by name, all at once, and nothing is run: %#', async (program, args, problems) => {
  expect(await run(program, ...args)).toEqual({
    code: 1,
    out: '',
    error: `${problems.join('\n')}\n\n"${program.name} -- --help" says how it is called\n`,
    ran: [],
  });
});

describe('an action that fails', () => {
  const failing = (thrown: unknown, more: Partial<Program> = {}) =>
    run({
      name: 'fail',
      usage: '',
      ...more,
      action: action({
        run: async () => {
          throw thrown;
        },
      }),
    });

  it('says a mistake of the person by its message alone', async () => {
    expect(await failing(new UserError('no disk'))).toMatchObject({ code: 1, out: '', error: 'no disk\n' });
  });

  it('says what nobody expected with its stack, or as the program wants it said', async () => {
    expect(await failing(new TypeError('hunter2'))).toMatchObject({
      code: 1,
      error: expect.stringMatching(/^TypeError: hunter2\n {4}at /),
    });
    const unexpected = (error: unknown) => `a ${(error as Error).name}`;
    expect(await failing(new TypeError('hunter2'), { unexpected })).toMatchObject({ code: 1, error: 'a TypeError\n' });
  });
});

it.each([
  ['a GitHub token', `ghp_${'a1B2'.repeat(9)}`],
  ['an AWS secret key', 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYab'],
])('%s on the command line is not repeated', (_, token) => {
  expect(quote(token)).toBe(`text of ${token.length} characters (not shown)`);
});
