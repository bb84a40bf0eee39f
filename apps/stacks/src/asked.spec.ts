import type { Environments } from '@mlflow-on-aws/config';
import { askedFor, commandLinesAbove, wordsOf } from './asked';

const shell = ['/bin/sh', '-c', 'node apps/run.mjs stacks'];
const cdktf = (...words: readonly string[]) => ['node', '/checkout/node_modules/.bin/cdktf', ...words];

describe('the words of the command', () => {
  it.each([
    ['the nearest cdktf says', [shell, cdktf('deploy', 'dev'), cdktf('deploy', 'prod')], ['dev']],
    ['options are none', [shell, cdktf('--no-color', 'diff', '--skip-synth', 'prod')], ['prod']],
    ['several stacks may be named', [shell, cdktf('destroy', 'dev', 'prod', '--auto-approve')], ['dev', 'prod']],
    ['cdktf’s own path may be any', [['node', '/c/cdktf-cli/bundle/bin/cdktf', 'plan', 'dev']], ['dev']],
    ['without a stack there are none', [cdktf('deploy')], []],
  ])('%s', (_, lines, words) => {
    expect(wordsOf(lines)).toEqual(words);
  });

  it.each([
    ['synth', [shell, cdktf('synth')]],
    ['list', [shell, cdktf('list')]],
    ['no cdktf at all', [shell, ['-bash']]],
    ['nothing above', []],
  ])('are those of no stack with %s', (_, lines) => {
    expect(wordsOf(lines)).toBeUndefined();
  });

  it('are told by the system', () => {
    const [own, ...above] = [...commandLinesAbove(process.pid)];
    expect(own?.join(' ')).toContain('jest');
    expect(above.length).toBeGreaterThan(0);
  });
});

describe('asked for', () => {
  const wrongFile = (folder: string, ...names: readonly string[]) => ({
    path: `apps/${folder}/environment.ts`,
    names: [folder, ...names],
    problems: ['wrong'],
  });
  const read = {
    environments: [{ name: 'dev' }, { name: 'test' }],
    wrong: [wrongFile('prod', 'Prod'), wrongFile('old')],
  } as unknown as Environments;
  const asked = (...words: readonly string[]) => askedFor(read, words).map(({ path }) => path.split('/')[1]);

  it.each([
    [['dev'], []],
    [['dev', 'test'], []],
    [['prod'], ['prod']],
    [['Prod'], ['prod']],
    [['dev', 'old'], ['old']],
    [['pr*'], ['prod']],
    [['d*'], []],
    [['*'], ['prod', 'old']],
    [['{dev,test}'], ['prod', 'old']],
    // It holds the roles of all.
    [['bootstrap'], ['prod', 'old']],
    [
      ['dev', 'bootstrap-test'],
      ['prod', 'old'],
    ],
    // Nobody knows it, so whoever asked may have meant any.
    [['nosuch'], ['prod', 'old']],
    [[], ['prod', 'old']],
  ])('by %j are the wrong files of %j', (words, files) => {
    expect(asked(...words)).toEqual(files);
  });

  it('are all without a command that names stacks', () => {
    expect(askedFor(read, undefined)).toHaveLength(2);
  });
});
