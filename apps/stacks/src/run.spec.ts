import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const checkout = join(__dirname, '..', '..', '..');
const packages = ['esbuild', 'fastest-levenshtein'];
let root: string;

/** Runs an app made of these files. */
function run(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return spawnSync(process.execPath, ['apps/run.mjs', 'reader'], { cwd: root, encoding: 'utf8' });
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'run '));
  mkdirSync(join(root, 'apps'));
  mkdirSync(join(root, 'node_modules'));
  copyFileSync(join(checkout, 'apps', 'run.mjs'), join(root, 'apps', 'run.mjs'));
  copyFileSync(join(checkout, 'tsconfig.base.json'), join(root, 'tsconfig.base.json'));
  for (const name of packages) symlinkSync(join(checkout, 'node_modules', name), join(root, 'node_modules', name));
});
afterEach(() => rmSync(root, { recursive: true }));

it('a mistake in an app stops it, without a stack trace and with nothing left behind', () => {
  const { status, stderr } = run({ 'apps/reader/src/main.ts': 'app.synth(;' });
  expect(status).toBe(1);
  expect(stderr).toContain('apps/reader/src/main.ts:1:10');
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(readdirSync(join(root, 'node_modules'))).toEqual(packages);
});
