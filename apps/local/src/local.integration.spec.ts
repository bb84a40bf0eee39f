import { findChromium, openBrowser, prepareTools, Progress, type Tools, TrackingUi } from '@mlflow-on-aws/workbench';
import { environmentNamed } from '@mlflow-on-aws/stacks';
import { stateBucketName } from '@mlflow-on-aws/foundation';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, chmodSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cdktf } from './deployment';
import { LocalEnvironment, type Quickstart } from './local-environment';
import { answersOk } from './machine';

// One environment through its life, each test a station of it: they build on each other and run in order.
jest.setTimeout(20 * 60_000);

const environment = environmentNamed('dev');
const { region, accountId, name } = environment;
let directory: string;
let tools: Tools;
let local: LocalEnvironment;
let made: Quickstart;

beforeAll(async () => {
  // A space in the path, because people have them.
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'mlflow on aws ')));
  chmodSync(directory, 0o755);
  const progress = new Progress();
  tools = await prepareTools(directory, progress);
  local = new LocalEnvironment(directory, environment, tools, progress);
  await local.up();
});

afterAll(async () => {
  await local?.down();
  rmSync(directory, { recursive: true, force: true });
});

const stackDirectory = () => join(directory, 'cdktf.out', 'stacks', name);
const terraform = (...args: string[]) =>
  execFileSync(tools.terraform.TERRAFORM_BINARY_NAME as string, [`-chdir=${stackDirectory()}`, ...args], {
    env: local.cdktf.environment,
    encoding: 'utf8',
  });
const aws = async (...args: string[]) => JSON.parse((await local.aws.cli(region, ...args, '--output', 'json')) || '{}');
const secret = async () =>
  JSON.parse(
    (await aws('secretsmanager', 'get-secret-value', '--secret-id', local.machine.config.database.passwordSecretArn))
      .SecretString,
  );

/** Asks the server under a host name of the caller's choice; resolves to the status. */
const askAs = (host: string, path = '/') =>
  new Promise<number>((resolve, reject) => {
    request(`${local.trackingUri}${path}`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });

test('the stack is valid for the real AWS provider', () => {
  expect(terraform('validate')).toContain('The configuration is valid');
});

test('after a deploy, a second plan says that there is nothing to do', async () => {
  await cdktf(local.cdktf, () => undefined, 'diff', name);
  expect(readFileSync(join(directory, 'cdktf-diff.log'), 'utf8')).toContain('No changes');
});

test('the outputs say where things are and what to do next', () => {
  expect(local.outputs).toMatchObject({
    tracking_uri: 'http://localhost:5000',
    artifact_bucket: expect.stringMatching(/^mlflow-artifacts-remote-dev-/),
    database_endpoint: expect.stringMatching(/^dev-mlflow-backend-db\..*:5432$/),
    port_forward_command: expect.stringContaining(local.outputs.server_instance_id as string),
    client_environment: 'export MLFLOW_TRACKING_URI=http://localhost:5000',
  });
});

test('the tutorial’s client logs, registers, loads back and predicts', async () => {
  made = await local.quickstart();
  expect(made).toMatchObject({ model: 'iris-classifier', modelVersion: '1' });
  expect(made.accuracy).toBeGreaterThan(0.9);
});

test('the model’s bytes are in the bucket that the stack made', async () => {
  const { Contents } = await aws('s3api', 'list-objects-v2', '--bucket', local.outputs.artifact_bucket as string);
  const model = (Contents as { Key: string; Size: number }[]).find(({ Key }) =>
    /^artifacts\/.*\/model\.(pkl|skops)$/.test(Key),
  );
  expect(model?.Size).toBeGreaterThan(100);
});

test('the run’s rows are in PostgreSQL', async () => {
  const ask = async (question: string) => (await local.postgres.sql(local.databasePort, 'mlflow_db', question)).trim();
  expect(await ask(`SELECT status FROM runs WHERE run_uuid = '${made.runId}'`)).toBe('FINISHED');
  expect(await ask(`SELECT value FROM params WHERE run_uuid = '${made.runId}' AND key = 'C'`)).toBe('0.1');
  expect(await ask(`SELECT count(*) FROM model_versions WHERE name = 'iris-classifier'`)).toBe('1');
  // Over TLS, and checked: the server's own sessions are encrypted.
  expect(
    await ask(`SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'mlflow'`),
  ).toBe('t');
});

test('the UI answers on the instance’s public DNS name, and on no foreign one', async () => {
  const publicDns = local.outputs.server_public_dns as string;
  expect(await askAs(`${publicDns}:5000`)).toBe(200);
  expect(await askAs('attacker.example.com:5000')).toBe(403);
  expect(await askAs('attacker.example.com:5000', '/health')).toBe(200);
  expect(await answersOk(`${local.trackingUri}/ready`)).toBe(true);
});

const chromium = findChromium();
if (chromium === undefined) process.stderr.write('not shown: no Chromium\n');

(chromium === undefined ? test.skip : test)('the UI changes things by the instance’s public DNS name', async () => {
  const host = `${local.outputs.server_public_dns}:5000`;
  const browser = await openBrowser(chromium as string, { hosts: { [host]: Number(new URL(local.trackingUri).port) } });
  try {
    const ui = await TrackingUi.open(await browser.newContext(), `http://${host}`);
    await ui.createExperiment('by hand');
  } finally {
    await browser.close();
  }
  const found = await fetch(`${local.trackingUri}/api/2.0/mlflow/experiments/get-by-name?experiment_name=by%20hand`);
  expect(found.status).toBe(200);
});

(process.platform === 'linux' ? test : test.skip)('all of the server fits into 450 MiB', () => {
  const { pid } = local.machine;
  const group = readdirSync('/proc').filter((entry) => {
    try {
      // Field 5, counted behind the name in parentheses: the process group.
      return (
        /^\d+$/.test(entry) &&
        Number(
          readFileSync(`/proc/${entry}/stat`, 'utf8')
            .replace(/^.*\) /s, '')
            .split(' ')[2],
        ) === pid
      );
    } catch {
      return false;
    }
  });
  const kibibytes = group.reduce(
    (sum, entry) => sum + Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${entry}/smaps_rollup`, 'utf8'))?.[1] ?? 0),
    0,
  );
  expect(group.length).toBeGreaterThan(0);
  expect(kibibytes / 1024).toBeLessThan(450);
});

test('the database’s password is in no state, plan, log, argument or environment', async () => {
  const { password } = await secret();
  expect(password.length).toBeGreaterThan(20);

  const state = await local.state();
  expect(state).toContain('aws_db_instance');
  terraform('plan', '-out=secret-check', '-lock=false');
  const plan = terraform('show', '-json', 'secret-check');
  expect(plan).toContain('aws_db_instance');
  for (const text of [state, plan]) expect(text).not.toContain(password);

  const { pid } = local.machine;
  const written = [
    join(directory, 'machine', 'mlflow.log'),
    join(directory, 'postgres', 'postgres.log'),
    join(directory, 'cdktf-deploy.log'),
    join(directory, 'outputs.json'),
    join(directory, 'machine', 'root', 'etc', 'mlflow', 'server.json'),
    ...(process.platform === 'linux' ? [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`] : []),
  ];
  for (const file of written) expect(readFileSync(file, 'utf8')).not.toContain(password);
});

test('a bucket that the stack made answers over TLS only and is private', async () => {
  const bucket = local.outputs.artifact_bucket as string;
  expect((await aws('s3api', 'get-bucket-policy', '--bucket', bucket)).Policy).toContain('aws:SecureTransport');
  const { PublicAccessBlockConfiguration } = await aws('s3api', 'get-public-access-block', '--bucket', bucket);
  expect(Object.values(PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
});

test('a rotated password is picked up without a restart', async () => {
  const before = local.machine.pid;
  const { password } = await secret();
  await aws('secretsmanager', 'rotate-secret', '--secret-id', local.machine.config.database.passwordSecretArn);
  expect((await secret()).password).not.toBe(password);
  // What RDS does at a rotation: the database takes the new password and refuses the old one.
  await local.adoptPassword();
  await local.postgres.sql(
    local.databasePort,
    'postgres',
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mlflow'`,
  );
  const again = await local.quickstart();
  expect(again.modelVersion).toBe('2');
  expect(local.machine.pid).toBe(before);
});

test('down and up again bring back the same runs, models and artifacts', async () => {
  await local.down();
  expect([local.aws.running, local.postgres.running]).toEqual([false, false]);
  await local.up();
  const run = await fetch(`${local.trackingUri}/api/2.0/mlflow/runs/get?run_id=${made.runId}`);
  expect(await run.json()).toMatchObject({ run: { info: { status: 'FINISHED' } } });
  expect((await local.quickstart()).modelVersion).toBe('3');
});

test('destroy leaves nothing behind but the state bucket', async () => {
  await local.destroy();
  const left = {
    buckets: (await aws('s3api', 'list-buckets')).Buckets.map(({ Name }: { Name: string }) => Name),
    databases: (await aws('rds', 'describe-db-instances')).DBInstances,
    snapshots: (await aws('rds', 'describe-db-snapshots')).DBSnapshots,
    secrets: (await aws('secretsmanager', 'list-secrets')).SecretList,
    roles: (await aws('iam', 'list-roles')).Roles.map(({ RoleName }: { RoleName: string }) => RoleName).filter(
      (role: string) => !role.startsWith('AWSServiceRole'),
    ),
    vpcs: (await aws('ec2', 'describe-vpcs', '--filters', 'Name=is-default,Values=false')).Vpcs,
    volumes: (await aws('ec2', 'describe-volumes')).Volumes,
    interfaces: (await aws('ec2', 'describe-network-interfaces')).NetworkInterfaces,
    addresses: (await aws('ec2', 'describe-addresses')).Addresses,
  };
  expect(left).toEqual({
    buckets: [stateBucketName(accountId, region)],
    databases: [],
    snapshots: [],
    secrets: [],
    roles: [],
    vpcs: [],
    volumes: [],
    interfaces: [],
    addresses: [],
  });
});
