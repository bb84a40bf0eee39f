// `npm test`: every suite, one after the other, and the sum of their tests at the end.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const args = process.argv.slice(2);
if (args.length > 0) {
  const asked = args.some((word) => word === '--help' || word === '-h');
  if (!asked) console.error(`got ${args.map((word) => JSON.stringify(word)).join(' ')}, want no argument\n`);
  console.log(
    'npm test\n\nRuns every suite, half an hour or more. "npx nx test PROJECT" runs the unit tests of one app or lib.',
  );
  process.exit(asked ? 0 : 1);
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const results = join(root, '.test-results');
const profile = join(root, '.nx', 'profile.json');
const bin = (name) => join(root, 'node_modules', '.bin', name);

const suites = [
  { title: 'Format', command: [bin('prettier'), '--check', '--log-level=warn', '.'] },
  {
    title: 'Lint, types, unit tests and synthesis of every app and lib',
    command: [bin('nx'), 'run-many', '-t', 'build', 'typecheck', 'lint', 'test', 'synth', '--outputStyle=static'],
  },
  {
    title: 'Python: the emulated AWS and the server’s own files',
    command: [bin('nx'), 'run-many', '-t', 'pytest', '--outputStyle=static', '--parallel=1'],
  },
  {
    title: 'Policy: checkov on the plans of every stack',
    command: [bin('nx'), 'run-many', '-t', 'policy', '--outputStyle=stream', '--parallel=1'],
  },
  {
    title: 'Integration: stacks deployed, used and destroyed on embedded parts; the server under faults',
    // Two at a time: a deploy mostly waits.
    command: [bin('nx'), 'run-many', '-t', 'integration', '--outputStyle=stream', '--parallel=2'],
  },
];

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const failedSuites = [];
const times = [];
for (const { title, command } of suites) {
  const began = Date.now();
  rmSync(profile, { force: true });
  console.log(`\n=== ${title}`);
  const { status } = spawnSync(command[0], command.slice(1), {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CHECKPOINT_DISABLE: '1', NX_PROFILE: relative(root, profile) },
  });
  times.push({ title, ms: Date.now() - began, tasks: existsSync(profile) ? tasksIn(profile) : [] });
  console.log(`=== ${status === 0 ? 'passed' : 'FAILED'} in ${seconds(times.at(-1).ms)}`);
  if (status !== 0) failedSuites.push(title);
}

// Jest writes JSON, pytest writes JUnit XML; a suite that broke before its first test counts as one failure.
let passed = 0;
let failed = 0;
let skipped = 0;
let withoutBrowser = 0;
for (const file of readdirSync(results)) {
  const text = readFileSync(join(results, file), 'utf8');
  if (file.endsWith('.json')) {
    const report = JSON.parse(text);
    passed += report.numPassedTests;
    failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
    skipped += report.numPendingTests;
    withoutBrowser += report.testResults.filter(wantsBrowser).flatMap(leftOut).length;
  } else if (file.endsWith('.xml')) {
    const count = (name) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(text)?.[1] ?? 0);
    const broken = count('failures') + count('errors');
    passed += count('tests') - broken - count('skipped');
    failed += broken;
    skipped += count('skipped');
  }
}
failed = Math.max(failed, failedSuites.length);

console.log('\n=== Times');
for (const { title, ms, tasks } of times) {
  console.log(`${seconds(ms).padStart(7)}  ${title}`);
  const long = tasks.filter((task) => task.ms >= 1000).sort((a, b) => b.ms - a.ms);
  for (const task of long) console.log(`${seconds(task.ms).padStart(17)}  ${task.name}`);
  if (tasks.length > long.length) console.log(`${'< 1 s'.padStart(17)}  ${tasks.length - long.length} more`);
}
if (withoutBrowser > 0) {
  console.log(
    `\n${withoutBrowser} tests of the UI were left out: they need Chromium or Chrome on PATH (on Debian "apt-get install chromium").`,
  );
}
const sum = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
console.log(`\n${failedSuites.map((title) => `FAILED: ${title}\n`).join('')}${sum}`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** What Nx ran, with its time; what came out of its cache took none. */
function tasksIn(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
    .filter(({ ph }) => ph === 'X')
    .map(({ name, dur }) => ({ name, ms: dur / 1000 }));
}

function wantsBrowser({ name }) {
  return readFileSync(name, 'utf8').includes('findChromium');
}

function leftOut({ assertionResults }) {
  return assertionResults.filter(({ status }) => status === 'pending');
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
