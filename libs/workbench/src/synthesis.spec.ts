import { UserError } from '@mlflow-on-aws/command-line';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStack, synthesize, withSynthesis } from './synthesis';

// A checkout whose synthesis writes what its one source says.
const before = process.cwd();
const checkout = realpathSync(mkdtempSync(join(tmpdir(), 'synthesis ')));
const source = join(checkout, 'source.json');
const folders: string[] = [];
beforeAll(() => {
  mkdirSync(join(checkout, 'apps'));
  writeFileSync(
    join(checkout, 'apps', 'run.mjs'),
    `import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
    const text = readFileSync('source.json', 'utf8');
    if (text === 'wrong') { console.error('source.json: got "wrong"'); process.exit(1); }
    const folder = (process.env.CDKTF_OUTDIR ?? 'cdktf.out') + '/stacks/dev';
    mkdirSync(folder, { recursive: true });
    writeFileSync(folder + '/cdk.tf.json', text.replace('PROFILE', process.env.AWS_PROFILE ?? 'nobody'));`,
  );
  process.chdir(checkout);
});
afterAll(() => {
  process.chdir(before);
  rmSync(checkout, { recursive: true });
});

it('reads a stack as its sources are now, whatever was synthesized before, and leaves nothing', () => {
  writeFileSync(source, '{"size":"micro"}');
  synthesize();
  writeFileSync(source, '{"size":"small"}');
  expect(readStack('dev')).toEqual({ size: 'small' });
  expect(readStack('dev', 'cdktf.out')).toEqual({ size: 'micro' });
  withSynthesis((folder) => folders.push(folder));
  expect(folders.map(existsSync)).toEqual([false]);
});

it('asks AWS nothing when it only reads', () => {
  process.env.AWS_PROFILE = 'somebody';
  writeFileSync(source, '{"who":"PROFILE"}');
  try {
    expect(readStack('dev')).toEqual({ who: 'nobody' });
    synthesize();
    expect(readStack('dev', 'cdktf.out')).toEqual({ who: 'somebody' });
  } finally {
    delete process.env.AWS_PROFILE;
  }
});

it('says what is wrong, without a stack trace', () => {
  const thrown = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return error instanceof UserError && error.message;
    }
  };
  writeFileSync(source, 'wrong');
  expect(thrown(() => readStack('dev'))).toBe('source.json: got "wrong"');
  writeFileSync(source, '{');
  expect(thrown(() => readStack('dev'))).toMatch(/stacks\/dev\/cdk\.tf\.json: is no JSON/);
  expect(thrown(() => readStack('dve'))).toBe('STACK: got "dve", want dev; the nearest is dev');
  expect(thrown(() => readStack('dev', 'none'))).toMatch(
    /^none\/stacks: cannot be read \(ENOENT\)\. "npx cdktf synth"/,
  );
});
