import { FakeGitHub, Runner, workflow, type JobRun } from '@mlflow-on-aws/github';
import { checkout, EmulatedAws, prepareTools, Progress, withoutProxy } from '@mlflow-on-aws/workbench';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

// A pull request through its life, each test a station of it. Only GitHub itself is played.
jest.setTimeout(20 * 60_000);

const region = 'us-east-1';
const account = '123456789012';
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'plan review workflows ')));
const repository = join(scratch, 'repository');
const github = new FakeGitHub();
let aws: EmulatedAws;
let runner: Runner;
let context: Record<string, unknown>;
let environments: string;

const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
    cwd: repository,
    encoding: 'utf8',
  }).trim();

beforeAll(async () => {
  copyCheckout();
  const tools = await prepareTools(join(scratch, 'tools'), new Progress());
  aws = new EmulatedAws(join(scratch, 'aws'), tools.emulatorPython, tools.awsCli);
  await aws.start(account);
  await aws.cli(region, 's3api', 'create-bucket', '--bucket', `mlflow-on-aws-state-${account}-${region}`);
  runner = new Runner({
    scratch,
    repository,
    environment: {
      ...withoutProxy(process.env),
      ...tools.terraform,
      // The jobs' own tests are the units.
      INTEGRATION: undefined,
      CI: '1',
      CHECKPOINT_DISABLE: '1',
      NX_DAEMON: 'false',
      GITHUB_API_URL: await github.start(),
      GITHUB_REPOSITORY: 'o/r',
      GITHUB_SHA: 'merged',
    },
    aws: aws.environment(region),
  });
});

afterAll(async () => {
  await github.stop();
  await aws?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** The files of this checkout, committed or not, as a repository with one commit. */
function copyCheckout(): void {
  const list = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: checkout,
    encoding: 'utf8',
  });
  for (const file of list.split('\0').filter((name) => name !== '' && existsSync(join(checkout, name)))) {
    mkdirSync(dirname(join(repository, file)), { recursive: true });
    cpSync(join(checkout, file), join(repository, file), { verbatimSymlinks: true });
  }
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '-A');
  git('commit', '--quiet', '-m', 'base');
}

const job = (name: string, of: string, more: object = {}): Promise<JobRun> => {
  const content = workflow(name).jobs[of];
  if (content === undefined) throw new Error(`${name} has no job ${of}`);
  return runner.run(content, { ...context, ...more });
};
const inDev = (name: string, of: string): Promise<JobRun> =>
  job(name, of, { matrix: { environment: 'dev' }, inputs: { environment: 'dev' } });

describe('a pull request', () => {
  it('is synthesized without credentials, and plans what it affects', async () => {
    const base = git('rev-parse', 'HEAD');
    const file = join(repository, 'apps', 'dev', 'environment.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/(template: 'free-tier',)/, "$1\n  tags: { Team: 'ml' },"));
    git('commit', '--quiet', '-am', 'A tag for dev');
    context = {
      github: {
        token: 'the-token',
        event: {
          before: base,
          pull_request: { number: '7', base: { sha: base }, head: { sha: git('rev-parse', 'HEAD') } },
        },
      },
      secrets: { PLAN_KEY: 'a key of the repository' },
    };
    const synth = await job('plan', 'synth');
    expect(synth.failed ?? synth.log).toBe(synth.log);
    environments = synth.outputs.environments ?? '';
    expect(environments).toBe('["dev"]');
    context.needs = { synth: { result: 'success', outputs: { environments } } };
  });

  it('is checked: lint, types, tests and synthesis of what it affects', async () => {
    const checked = await runner.run(workflow('ci').jobs.affected!, context, true);
    expect(checked.failed ?? checked.log).toBe(checked.log);
    for (const task of ['dev:lint', 'dev:typecheck', 'stacks:test', 'stacks:synth'])
      expect(checked.log).toContain(task);
  });

  it('is planned with the plan role, and the plan leaves the job encrypted', async () => {
    const planned = await inDev('plan', 'plan');
    expect(planned.failed ?? planned.log).toBe(planned.log);
    expect(planned.log).toContain(`role arn:aws:iam::${account}:role/mlflow-on-aws-plan-dev in ${region}`);
    const sealed = join(scratch, 'artifacts', 'plan-dev', 'dev.json.sealed');
    expect(readFileSync(sealed).includes('resource_changes')).toBe(false);
  });

  it('gets one comment', async () => {
    for (let time = 0; time < 2; time++) {
      const commented = await job('plan', 'comment');
      expect(commented.failed ?? commented.log).toBe(commented.log);
    }
    const [comment, ...others] = github.commentsOf(7);
    expect(others).toEqual([]);
    expect(comment?.body).toMatch(/\*\*dev\*\* \| 📝 \d+ to add/);
    expect(comment?.body).toContain('aws_db_instance.');
    // What the constructs of dev do not pass they accept, with a reason.
    expect(comment?.body).toContain('**Policy**: no new findings');
  });

  it('has a red job and no green comment when the plan or the synthesis is missing', async () => {
    const kept = github.commentsOf(7)[0]?.body ?? '';
    rmSync(join(scratch, 'artifacts', 'plan-dev'), { recursive: true });
    expect((await job('plan', 'comment')).failed).toBe('Review and comment');
    expect(github.commentsOf(7)[0]?.body).toContain('Plan: failed (dev)');

    // Synthesis failed: nobody knows what is affected.
    Object.assign(github.commentsOf(7)[0] as object, { body: kept });
    const needs = { synth: { result: 'failure', outputs: { environments: '' } } };
    expect((await job('plan', 'comment', { needs })).failed).toBe('Review and comment');
    expect(github.commentsOf(7)[0]?.body).toMatch(/Plan: failed \(.*dev/);

    Object.assign(github.commentsOf(7)[0] as object, { body: kept });
  });
});

describe('a merge', () => {
  it('synthesizes', async () => {
    const synth = await job('deploy', 'synth');
    expect(synth.failed ?? synth.log).toBe(synth.log);
    expect(synth.outputs.environments).toBe('["dev"]');
  });

  it('stops before a plan that nobody reviewed', async () => {
    const deployed = await inDev('deploy-environment', 'deploy');
    expect(deployed.failed).toBe('Stop unless it is the reviewed plan');
    expect(deployed.log).toContain('it came with no merged pull request');
  });

  it('stops before another plan than the reviewed one', async () => {
    github.pulls.set('merged', [{ number: 7, merged_at: '2026-11-24T00:00:00Z' }]);
    const comment = github.commentsOf(7)[0] as { body: string };
    const kept = comment.body;
    comment.body = kept.replace(/reviewed:dev:\w{8}/, 'reviewed:dev:00000000');
    const deployed = await inDev('deploy-environment', 'deploy');
    comment.body = kept;
    expect(deployed.failed).toBe('Stop unless it is the reviewed plan');
    expect(deployed.log).toContain('not the one that was reviewed');
  });

  it('applies the reviewed plan with the apply role', async () => {
    const deployed = await inDev('deploy-environment', 'deploy');
    expect(deployed.failed ?? deployed.log).toBe(deployed.log);
    expect(deployed.ran.at(-1)).toBe('Apply it');
    expect(deployed.log).toContain(`role arn:aws:iam::${account}:role/mlflow-on-aws-apply-dev in ${region}`);
    expect(deployed.log).toContain('Apply complete!');
  });
});

// Installed by Go, from a module whose checksum Go's database knows.
const go = spawnSync('go', ['version']).status === 0;
(go ? it : it.skip)('actionlint finds nothing in the workflows', () => {
  const lint = ['run', 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12', '-no-color'];
  const { status, stdout, stderr } = spawnSync('go', lint, { cwd: repository, encoding: 'utf8' });
  expect([status, stdout, status === 0 ? '' : stderr]).toEqual([0, '', '']);
});

describe('a night', () => {
  const night = async (): Promise<string> => {
    const synth = await job('drift', 'synth');
    expect(synth.outputs.environments).toContain('"dev"');
    const drift = await inDev('drift', 'drift');
    expect(drift.failed ?? drift.log).toBe(drift.log);
    return drift.log;
  };

  it('without drift opens no issue', async () => {
    expect(await night()).toContain('dev: issue none');
    expect(github.issues).toEqual([]);
  });

  it('with drift opens one issue, and closes it when the drift is gone', async () => {
    const vpcs = await aws.cli(
      region,
      'ec2',
      'describe-vpcs',
      '--filters',
      'Name=tag:Environment,Values=dev',
      '--query',
      'Vpcs[0].VpcId',
    );
    const tag = (verb: string): Promise<string> =>
      aws.cli(
        region,
        'ec2',
        `${verb}-tags`,
        '--resources',
        JSON.parse(vpcs) as string,
        '--tags',
        'Key=Owner,Value=somebody',
      );
    await tag('create');
    expect(await night()).toContain('dev: issue opened');
    expect(await night()).toContain('dev: issue updated');
    expect(github.issues).toHaveLength(1);
    expect(github.issues[0]?.body).toContain('Owner');
    await tag('delete');
    expect(await night()).toContain('dev: issue closed');
    expect(github.issues[0]?.state).toBe('closed');
  });
});
