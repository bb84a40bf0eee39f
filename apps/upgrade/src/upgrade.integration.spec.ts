import { Runner, workflow, type Job } from '@mlflow-on-aws/github';
import { ensureUv, SecondCheckout } from '@mlflow-on-aws/workbench';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertWheels } from './index';
import { FakePulls } from './testing/fake-pulls';

// The commands of every job of the workflow, in order. The suites that it tries a lock with are those of `npm test`.
jest.setTimeout(10 * 60_000);

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade ')));
const lock = join('libs', 'tracking-server', 'server', 'requirements.txt');
const github = new FakePulls();
let checkout: SecondCheckout;
let runner: Runner;
let changed: string | undefined;

beforeAll(async () => {
  checkout = new SecondCheckout(join(scratch, 'repository'), {});
  // An older release, so that there is something to move.
  checkout.edit('libs/tracking-server/server/requirements.in', /^mlflow==.*$/m, 'mlflow==3.16.0');
  checkout.edit(lock, /^mlflow==\S+/m, 'mlflow==3.16.0');
  const git = (...args: string[]): Buffer =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], { cwd: checkout.root });
  rmSync(join(checkout.root, 'node_modules'));
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '-A');
  git('commit', '--quiet', '-m', 'base');
  runner = new Runner({
    scratch,
    repository: checkout.root,
    environment: { ...process.env, GITHUB_API_URL: await github.start(), GITHUB_REPOSITORY: 'o/r' },
    aws: {},
  });
});

afterAll(async () => {
  await github.stop();
  rmSync(scratch, { recursive: true, force: true });
});

test('a newer release is locked, and tried with nothing that can write', async () => {
  const job = workflow('upgrade').jobs.try as Job;
  expect(job.permissions).toEqual({ contents: 'read' });
  const suites = job.steps?.find(({ name }) => name === 'Try it');
  expect(suites).toMatchObject({ run: 'npm run -s upgrade -- test', if: "steps.move.outputs.changed == 'true'" });
  const ran = await runner.run({ ...job, steps: job.steps?.filter((step) => step !== suites) }, {});
  expect(ran.failed ?? ran.log).toBe(ran.log);
  expect(ran.summary).toMatch(/^MLflow 3\.16\.0 to \d+\.\d+/);
  expect(ran.summary).toMatch(/\| mlflow \| 3\.16\.0 \| \d/);
  changed = ran.outputs.changed;
  expect(changed).toBe('true');
});

test('and proposed in a pull request', async () => {
  const job = workflow('upgrade').jobs.propose as Job;
  expect(job.if).toBe("needs.try.outputs.changed == 'true'");
  const ran = await runner.run(job, { github: { token: 'the-token' }, needs: { try: { outputs: { changed } } } });
  expect(ran.failed ?? ran.log).toBe(ran.log);
  expect(github.pulls).toEqual([expect.objectContaining({ title: expect.stringMatching(/^MLflow 3\.16\.0 to /) })]);
  const before = join('apps', 'upgrade', 'before', 'requirements.txt');
  const followers = ['libs/tracking-server/requirements-test.txt', 'apps/python-lint/requirements.txt'];
  expect(Object.keys(github.files)).toEqual([
    ...[lock, before].flatMap((file) => [file.replace('.txt', '.in'), file]),
    ...followers,
  ]);
  expect(github.files[before]).toContain('mlflow==3.16.0');
  const [, version] = /^mlflow==(\S+)$/m.exec(github.files[lock.replace('.txt', '.in')] ?? '') ?? [];
  for (const file of [lock, followers[0] as string]) expect(github.files[file]).toContain(`\nmlflow==${version} \\`);
  expect(readFileSync(join(checkout.root, lock), 'utf8')).toContain('mlflow==3.16.0');
});

test('what is locked has a wheel for every kind of server, and what has none is found', async () => {
  const uv = await ensureUv(() => undefined);
  const locked = join(__dirname, '..', '..', '..', lock);
  assertWheels(uv, locked);
  // Systems that today's wheels are too new for.
  expect(() => assertWheels(uv, locked, ['aarch64-manylinux2014'])).toThrow(/aarch64-manylinux2014 cannot install it/);
});
