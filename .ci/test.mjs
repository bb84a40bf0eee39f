// `npm test`: every suite, one after the other; the time of each, and the sum of their tests at the end.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countJson, countXml, sum } from './count.mjs';

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
const bin = (name) => join(root, 'node_modules', '.bin', name);
const nx = (target, parallel) => [
  ...[bin('nx'), 'run-many', '-t', ...target],
  ...['--outputStyle=stream', `--parallel=${parallel}`],
];

// The checks of the whole tree are one process each: a compiler or linter for every project spends most of its time on its own start.
const suites = [
  { title: 'Types', command: [bin('tsc'), '-p', '.ci/tsconfig.json'] },
  // The linter's rule about layers reads the project graph that Nx keeps; without one it says nothing.
  { title: 'Project graph', command: [bin('nx'), 'graph', '--file', join(results, 'graph', 'graph.json')] },
  { title: 'Lint', command: [bin('eslint'), '--max-warnings', '0', 'apps', 'libs', '.ci'] },
  {
    title: 'Lint of Python',
    command: [process.execPath, 'apps/run.mjs', 'python-lint', 'libs/tracking-server', 'libs/workbench'],
  },
  { title: 'Formatting', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { title: 'Unit tests', command: [bin('jest'), '--ci', '--json', '--outputFile', join(results, 'units.json')] },
  { title: 'Builds and synthesis', command: nx(['build', 'synth'], 2) },
  { title: 'Python: the emulated AWS and the server’s own files', command: nx(['pytest'], 1) },
  { title: 'Policy: checkov on the plans of every stack', command: nx(['policy'], 1) },
  {
    title: 'Integration: stacks deployed, used and destroyed on embedded parts; the server under faults',
    // Two at a time: a deploy mostly waits.
    command: nx(['integration'], 2),
  },
];

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(0)} s`;
const ran = suites.map(({ title, command: [program, ...words] }) => {
  const began = Date.now();
  console.log(`\n=== ${title}`);
  const { status } = spawnSync(program, words, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CHECKPOINT_DISABLE: '1', NX_DAEMON: 'false' },
  });
  const took = Date.now() - began;
  console.log(`=== ${status === 0 ? 'passed' : 'FAILED'} in ${seconds(took)}`);
  return { title, took, ok: status === 0 };
});

const reports = readdirSync(results)
  .filter((file) => /\.(json|xml)$/.test(file))
  .map((file) => {
    const text = readFileSync(join(results, file), 'utf8');
    return { file, ...(file.endsWith('.json') ? countJson(JSON.parse(text)) : countXml(text, file)) };
  });
const { passed, failed, skipped } = sum(reports);
const broken = ran.filter(({ ok }) => !ok);

console.log('\n=== Time');
for (const { title, took } of ran) console.log(`${seconds(took).padStart(8)}  ${title}`);
console.log('=== The longest files of tests');
const files = reports.flatMap((report) => report.files).sort((a, b) => b.took - a.took);
for (const { name, took } of files.slice(0, 20))
  console.log(`${seconds(took).padStart(8)}  ${name.replace(`${root}/`, '')}`);
for (const { title } of broken) console.log(`FAILED: ${title}`);
if (skipped > 0) {
  console.log(
    `${skipped} tests were left out. Those in a browser want Chromium: "apt-get install chromium" on Debian.`,
  );
}
const failures = Math.max(failed, broken.length);
console.log(`\n${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failures === 0 && passed > 0 ? 0 : 1;
