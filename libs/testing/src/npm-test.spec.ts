import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// `.ci/test.mjs` in a checkout whose Nx runs nothing and leaves what a run leaves.
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'npm test '));
  for (const folder of ['.ci', '.nx', 'node_modules/.bin']) mkdirSync(join(root, folder), { recursive: true });
  copyFileSync(join(__dirname, '..', '..', '..', '.ci', 'test.mjs'), join(root, '.ci', 'test.mjs'));
});
afterEach(() => rmSync(root, { recursive: true }));

interface Left {
  readonly failed?: number;
  readonly skipped?: readonly string[];
  readonly formatted?: boolean;
}

function npmTest({ failed = 0, skipped = [], formatted = true }: Left): readonly string[] {
  const spec = (name: string, text: string): string => {
    writeFileSync(join(root, name), text);
    return join(root, name);
  };
  const files = { browser: spec('a.spec.ts', 'findChromium()'), other: spec('b.spec.ts', '') };
  const report = {
    numPassedTests: 5,
    numFailedTests: failed,
    numPendingTests: skipped.length,
    numRuntimeErrorTestSuites: 0,
    testResults: Object.entries(files).map(([kind, name]) => ({
      name,
      assertionResults: skipped.filter((one) => one === kind).map(() => ({ status: 'pending' })),
    })),
  };
  program(
    'nx',
    `const { writeFileSync } = require('node:fs');
    writeFileSync('.test-results/one.json', ${JSON.stringify(JSON.stringify(report))});
    writeFileSync('.test-results/two.xml', '<testsuite name="p" tests="3" failures="0" errors="0" skipped="0">');
    const task = (name, dur) => ({ ph: 'X', name, dur });
    writeFileSync(process.env.NX_PROFILE, JSON.stringify([task('quick:lint', 5e5), task('slow:test', 25e5), task('slower:test', 125e5)]));
    process.exit(${failed > 0 ? 1 : 0});`,
  );
  program('prettier', `process.exit(${formatted ? 0 : 1});`);
  const { stdout } = spawnSync(process.execPath, ['.ci/test.mjs'], { cwd: root, encoding: 'utf8' });
  return stdout.trimEnd().split('\n');
}

function program(name: string, text: string): void {
  const file = join(root, 'node_modules', '.bin', name);
  writeFileSync(file, `#!${process.execPath}\n${text}`);
  chmodSync(file, 0o755);
}

it('ends with the sum of all tests', () => {
  expect(npmTest({}).at(-1)).toBe('8 passed, 0 failed');
  expect(npmTest({ failed: 2 }).at(-1)).toBe('8 passed, 4 failed');
  const unformatted = npmTest({ formatted: false });
  expect(unformatted.slice(-2)).toEqual(['FAILED: Format', '8 passed, 1 failed']);
});

it('tells the time of every suite and of what Nx ran in it, the longest first', () => {
  const times = npmTest({}).join('\n').split('=== Times\n')[1];
  expect(times).toMatch(/^ +\d+\.\d s {2}Format\n +\d+\.\d s {2}Lint, types, /);
  expect(times).toMatch(/ 13 s {2}slower:test\n +2\.5 s {2}slow:test\n +< 1 s {2}1 more\n/);
});

it('tells how many tests a missing browser leaves out, and how to get it', () => {
  const told = npmTest({ skipped: ['browser', 'browser', 'other'] });
  expect(told.at(-1)).toBe('8 passed, 0 failed, 3 skipped');
  expect(told.at(-3)).toMatch(/^2 tests of the UI were left out: .*apt-get install chromium/);
  expect(npmTest({ skipped: ['other'] }).join('\n')).not.toContain('chromium');
});
