import {
  cloudEnvironment,
  EmulatedAws,
  type Ended,
  prepareTools,
  Progress,
  SecondCheckout,
  type Tools,
} from '@mlflow-on-aws/workbench';
import { environmentNamed } from '@mlflow-on-aws/stacks';
import { applyRoleName, planRoleName, stateBucketName } from '@mlflow-on-aws/foundation';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The life of an account, each test a station of it: they build on each other and run in order.
jest.setTimeout(10 * 60_000);

const { accountId, region } = environmentNamed('dev');
const bucket = stateBucketName(accountId, region);
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'boot strap ')));
const stateFile = (of: SecondCheckout): string => join(of.root, 'terraform.bootstrap.tfstate');
let aws: EmulatedAws;
let tools: Tools;
let environment: NodeJS.ProcessEnv;
let first: SecondCheckout;

/** A checkout whose dev is deployed from GitHub. */
function colleague(name: string): SecondCheckout {
  const one = new SecondCheckout(join(scratch, name), environment);
  one.edit('apps/dev/environment.ts', 'access: {', "github: { repository: 'example/mlflow' },\n  access: {");
  return one;
}

const deploy = (of: SecondCheckout, more: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  of.cdktf(['deploy', 'bootstrap', '--auto-approve'], more);
const ask = async (...args: string[]) => JSON.parse((await aws.cli(region, ...args, '--output', 'json')) || '{}');
const roles = async (): Promise<string[]> =>
  (await ask('iam', 'list-roles')).Roles.map(({ RoleName }: { RoleName: string }) => RoleName).sort();
const states = async () =>
  ((await ask('s3api', 'list-objects-v2', '--bucket', bucket)).Contents ?? []).map(({ Key }: { Key: string }) => Key);

beforeAll(async () => {
  tools = await prepareTools(join(scratch, 'tools'), new Progress());
  aws = new EmulatedAws(join(scratch, 'aws'), tools.emulatorPython, tools.awsCli);
  await aws.start(accountId);
  environment = cloudEnvironment(tools, aws, region);
  first = colleague('first');
});

afterAll(async () => {
  await aws?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

test('the credentials of another account are refused before anything is made', async () => {
  const other = new EmulatedAws(join(scratch, 'other'), tools.emulatorPython, tools.awsCli);
  await other.start('210987654321');
  const refused = await deploy(first, other.environment(region)).finally(() => other.stop());
  expect(refused.code).not.toBe(0);
  expect(refused.said).toContain('AWS account ID not allowed: 210987654321');
  expect(existsSync(stateFile(first))).toBe(false);
});

test('one deploy makes bucket, key, OIDC provider and roles, and its state ends up in the bucket', async () => {
  const deployed = await deploy(first);
  expect(deployed.code === 0 ? '' : deployed.said).toBe('');
  expect(await states()).toEqual(['bootstrap/terraform.tfstate']);
  expect(await roles()).toEqual(expect.arrayContaining([applyRoleName('dev'), planRoleName('dev')]));
  const head = await ask('s3api', 'head-object', '--bucket', bucket, '--key', 'bootstrap/terraform.tfstate');
  expect(head.ServerSideEncryption).toBe('aws:kms');
});

test('run again, it goes on from the bucket and has nothing to do', async () => {
  const again = await deploy(first);
  expect(again.code === 0 ? '' : again.said).toBe('');
  expect(again.said).toContain('No changes');
});

test('another checkout adopts what is there', async () => {
  const second = colleague('second');
  const deployed = await deploy(second);
  expect(deployed.code === 0 ? '' : deployed.said).toBe('');
  expect(deployed.said).toContain('No changes');
  expect(deployed.said).toContain(`role/${planRoleName('dev')}`);
  expect(existsSync(stateFile(second))).toBe(false);
});

test('two at once: the lock refuses one, and no state is lost', async () => {
  const [one, two] = [colleague('one'), colleague('two')];
  for (const each of [one, two]) each.edit('apps/dev/environment.ts', 'example/mlflow', `example/${each === one}`);
  const ended = await Promise.all([deploy(one), deploy(two)]);
  const refused = ended.filter(({ code }) => code !== 0);
  expect(refused.map(({ said }) => /Error acquiring the state lock/.test(said))).toEqual([true]);
  const winner = ended[0]?.code === 0 ? one : two;
  expect((await deploy(winner)).said).toContain('No changes');
  const back = await deploy(first);
  expect(back.said).toContain('0 added, 2 changed, 0 destroyed');
});

test('without its state, what is there is adopted and not made twice', async () => {
  await aws.cli(region, 's3', 'rm', `s3://${bucket}/bootstrap/terraform.tfstate`);
  const third = colleague('third');
  const adopted = await deploy(third);
  expect(adopted.code === 0 ? '' : adopted.said).toBe('');
  // Bucket, two roles, OIDC provider, and the three service-linked roles of the account.
  expect(adopted.said).toMatch(/7 imported/);
  expect((await deploy(third)).said).toContain('No changes');
});

test('no plan destroys the bucket', async () => {
  const refused = await first.terraform('bootstrap', ['plan', '-destroy', '-input=false']);
  expect(refused.code).not.toBe(0);
  expect(refused.said).toContain('prevent_destroy');
  expect(await states()).toEqual(['bootstrap/terraform.tfstate']);
});
