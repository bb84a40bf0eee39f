import {
  cloudEnvironment,
  EmulatedAws,
  type Ended,
  prepareTools,
  Progress,
  SecondCheckout,
} from '@mlflow-on-aws/workbench';
import { environmentNamed } from '@mlflow-on-aws/stacks';
import { stateBucketName } from '@mlflow-on-aws/foundation';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';

// An apply of dev is killed again and again, each time at another moment, and always gone on with by `npm run recover`. Its password
// is the one that two resources must agree about.
jest.setTimeout(20 * 60_000);

const { accountId, region } = environmentNamed('dev');
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'killed ')));
/** After how many lines about resources each apply is killed: some before Terraform has written any state. */
const moments = [1, 5, 12, 30, 9, 16, 22, 26, 14, 3];
let aws: EmulatedAws;
let checkout: SecondCheckout;

beforeAll(async () => {
  const tools = await prepareTools(join(scratch, 'tools'), new Progress());
  aws = new EmulatedAws(join(scratch, 'aws'), tools.emulatorPython, tools.awsCli);
  await aws.start(accountId);
  await aws.cli(region, 's3api', 'create-bucket', '--bucket', stateBucketName(accountId, region));
  checkout = new SecondCheckout(join(scratch, 'checkout'), {
    ...cloudEnvironment(tools, aws, region),
    PATH: `${tools.awsCli}${delimiter}${process.env.PATH}`,
  });
  checkout.edit('apps/dev/environment.ts', 'access: {', "database: { password: 'secrets-manager' },\n  access: {");
  const synth = await checkout.cdktf(['synth']);
  if (synth.code !== 0) throw new Error(synth.said);
});

afterAll(async () => {
  await aws?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const recover = (args: readonly string[], moment = Infinity): Promise<Ended> =>
  checkout.run(process.execPath, ['apps/run.mjs', 'recover', 'dev', ...args, '--auto-approve'], {}, (said, kill) => {
    if ((said.match(/^\S+: (Creating|Modifying|Importing|Still \w+)\.\.\./gm) ?? []).length >= moment) kill();
  });
/** Goes on after a kill: first without, then with the id of the lock that the dead one left. */
async function goOn(moment?: number): Promise<Ended> {
  const refused = await recover([]);
  const id = /--unlock (\S+)/.exec(refused.said)?.[1];
  expect(refused.said).toContain('the state is locked by');
  return recover(['--unlock', id as string], moment);
}

test('killed at ten different moments, it always goes on', async () => {
  const first = await recover([], moments[0]);
  expect(first.code === null ? '' : first.said).toBe('');
  for (const moment of moments.slice(1)) {
    const killed = await goOn(moment);
    expect(killed.code === null ? '' : killed.said).toBe('');
  }
  const last = await goOn();
  expect(last.code === 0 ? '' : last.said).toBe('');
});

test('and ends where an undisturbed one ends: everything once', async () => {
  const plan = await checkout.terraform('dev', ['plan', '-input=false', '-no-color']);
  expect(plan.said).toContain('No changes');
  const stack = JSON.parse(readFileSync(join(checkout.root, 'cdktf.out', 'stacks', 'dev', 'cdk.tf.json'), 'utf8'));
  const expected = Object.entries(stack.resource as Record<string, object>).flatMap(([type, blocks]) =>
    Object.keys(blocks).map((id) => `${type}.${id}`),
  );
  const state = await checkout.terraform('dev', ['state', 'list']);
  const managed = state.printed.split('\n').filter((line) => line !== '' && !line.startsWith('data.'));
  expect(managed.sort()).toEqual(expected.sort());

  const count = async (...args: string[]): Promise<number> =>
    Number(await aws.cli(region, ...args, '--output', 'text'));
  const own = ['--filters', 'Name=tag:Environment,Values=dev', '--query'];
  expect({
    vpcs: await count('ec2', 'describe-vpcs', ...own, 'length(Vpcs)'),
    subnets: await count('ec2', 'describe-subnets', ...own, 'length(Subnets)'),
    gateways: await count('ec2', 'describe-internet-gateways', ...own, 'length(InternetGateways)'),
    databases: await count('rds', 'describe-db-instances', '--query', 'length(DBInstances)'),
    buckets: await count('s3api', 'list-buckets', '--query', 'length(Buckets)'),
    servers: await count(
      ...['ec2', 'describe-instances', '--filters', 'Name=instance-state-name,Values=running'],
      ...['--query', 'length(Reservations[].Instances[])'],
    ),
  }).toEqual({ vpcs: 1, subnets: 4, gateways: 1, databases: 1, buckets: 2, servers: 1 });
});

test('and no plan or state of it holds the password, which no plan asks for', async () => {
  const secret = JSON.parse(await aws.cli(region, 'secretsmanager', 'list-secrets', '--output', 'json'));
  expect(secret.SecretList).toHaveLength(1);
  const value = ['--secret-id', secret.SecretList[0].ARN, '--query', 'SecretString', '--output', 'text'];
  const { password } = JSON.parse(await aws.cli(region, 'secretsmanager', 'get-secret-value', ...value));
  expect(password).toHaveLength(32);
  const asked = () => readFileSync(join(scratch, 'aws', 'account', 'requests.log'), 'utf8');
  const before = asked().length;
  const plan = await checkout.terraform('dev', ['plan', '-input=false', '-out=password']);
  expect(asked().slice(before)).toContain('ListSecretVersionIds');
  expect(asked().slice(before)).not.toMatch(/GetSecretValue|GetRandomPassword/);
  const shown = await checkout.terraform('dev', ['show', '-json', 'password']);
  const state = await checkout.terraform('dev', ['state', 'pull']);
  for (const { printed } of [shown, state]) expect(printed).toContain('password_wo_version');
  for (const { said } of [plan, shown, state]) expect(said).not.toContain(password);
});
