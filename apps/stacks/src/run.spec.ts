import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const checkout = join(__dirname, '..', '..', '..');
const packages = ['esbuild', 'fastest-levenshtein'];
let root: string;

/** Runs an app that reads two environments, one after the other. */
function run(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, ['apps/run.mjs', 'reader'], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, told: stdout.trim().split('\n'), stderr };
}

const reader = ['dev', 'prod']
  .map(
    (name) =>
      `try { console.log(require('../../${name}/environment').default) } catch (error) { console.log(String(error)) }`,
  )
  .join('\n');
const right = { 'apps/reader/src/main.ts': reader, 'apps/dev/environment.ts': "export default 'dev';" };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'run '));
  mkdirSync(join(root, 'apps'));
  mkdirSync(join(root, 'node_modules'));
  copyFileSync(join(checkout, 'apps', 'run.mjs'), join(root, 'apps', 'run.mjs'));
  copyFileSync(join(checkout, 'tsconfig.base.json'), join(root, 'tsconfig.base.json'));
  for (const name of packages) symlinkSync(join(checkout, 'node_modules', name), join(root, 'node_modules', name));
});
afterEach(() => rmSync(root, { recursive: true }));

it('an environment file that is no TypeScript is told when it is read, and stops nobody else', () => {
  const ended = run({ ...right, 'apps/prod/environment.ts': "export default {\n  name: 'prod' oops\n};\n" });
  expect(ended).toEqual({ status: 0, told: ['dev', 'SyntaxError: line 2: Expected "}" but found "oops"'], stderr: '' });
});

it('several are told each', () => {
  const ended = run({ ...right, 'apps/dev/environment.ts': '}', 'apps/prod/environment.ts': "import { '" });
  expect(ended.told).toEqual([
    expect.stringMatching(/^SyntaxError: line 1: /),
    expect.stringMatching(/^SyntaxError: line 1: /),
  ]);
});

it('a mistake in an app stops it, without a stack trace and with nothing left behind', () => {
  const { status, stderr } = run({ ...right, 'apps/reader/src/main.ts': 'app.synth(;' });
  expect(status).toBe(1);
  expect(stderr).toContain('apps/reader/src/main.ts:1:10');
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(readdirSync(join(root, 'node_modules'))).toEqual(packages);
});

it('an environment that is only half there is told with the file that misses it and the one that is missing', () => {
  const { status, stderr } = run({ ...right, 'apps/reader/src/main.ts': "import '@mlflow-on-aws/staging';" });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^apps\/reader\/src\/main\.ts imports @mlflow-on-aws\/staging, but there is no apps\/staging\/src\/index\.ts\n/,
  );
  expect(stderr).not.toMatch(/^\s+at /m);
});
