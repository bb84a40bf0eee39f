import { cloudEnvironment, EmulatedAws, prepareTools, Progress, SecondCheckout } from '@mlflow-on-aws/workbench';
import { environments } from '@mlflow-on-aws/stacks';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acceptedIn, compareFindings, scan, type Accepted, type Scan } from './index';

// The plans are those of an empty account: what a deploy would make.
jest.setTimeout(10 * 60_000);

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'policy ')));
const requirements = join(__dirname, '..', 'requirements.txt');
const { accountId, region } = environments()[0]!;
let aws: EmulatedAws;
let checkout: SecondCheckout;

beforeAll(async () => {
  const tools = await prepareTools(join(scratch, 'tools'), new Progress());
  aws = new EmulatedAws(join(scratch, 'aws'), tools.emulatorPython, tools.awsCli);
  await aws.start(accountId);
  for (const { loadBalancer, region: own } of environments()) {
    // A plan looks the zone up.
    if (loadBalancer?.hostedZoneId) await aws.makeHostedZone(own, loadBalancer.hostedZoneId, loadBalancer.domainName);
  }
  checkout = new SecondCheckout(join(scratch, 'checkout'), cloudEnvironment(tools, aws, region));
  // With the roles of the workflows.
  checkout.edit('apps/dev/environment.ts', 'access: {', "github: { repository: 'example/mlflow' },\n  access: {");
  const { code, said } = await checkout.cdktf(['synth']);
  if (code !== 0) throw new Error(said);
});

afterAll(async () => {
  await aws?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

async function policyOf(stack: string): Promise<{ scanned: Scan; accepted: readonly Accepted[] }> {
  const file = join(checkout.root, 'cdktf.out', 'stacks', stack, 'cdk.tf.json');
  const synthesized = JSON.parse(readFileSync(file, 'utf8'));
  // A plan needs no state, and the bucket of the state is not there.
  writeFileSync(file, JSON.stringify({ ...synthesized, terraform: { ...synthesized.terraform, backend: undefined } }));
  for (const args of [
    ['init', '-input=false'],
    ['plan', '-input=false', '-out=policy'],
  ]) {
    const { code, said } = await checkout.terraform(stack, args);
    if (code !== 0) throw new Error(said);
  }
  const plan = join(scratch, `${stack}.json`);
  writeFileSync(plan, (await checkout.terraform(stack, ['show', '-json', 'policy'])).printed);
  const scanned = await scan(plan, requirements, () => undefined);
  return { scanned, accepted: acceptedIn(synthesized) };
}

const keys = (list: readonly { readonly address: string; readonly check: string }[]): string[] =>
  list.map(({ address, check }) => `${check} ${address}`);

describe.each(['bootstrap', ...environments().map(({ name }) => name)])('%s', (stack) => {
  let scanned: Scan;
  let accepted: readonly Accepted[];

  beforeAll(async () => {
    ({ scanned, accepted } = await policyOf(stack));
  });

  it('passes every check that no resource accepts to fail', () => {
    const known = keys(accepted);
    expect(scanned.passed).toBeGreaterThan(20);
    expect(
      scanned.findings
        .filter(({ address, check }) => !known.includes(`${check} ${address}`))
        .map(({ address, check, wants }) => `${check} ${address}: ${wants}`),
    ).toEqual([]);
  });

  it('accepts nothing that passes, and says why of each', () => {
    const found = keys(scanned.findings);
    expect(keys(accepted).filter((key) => !found.includes(key))).toEqual([]);
    for (const { reason } of accepted) expect(reason.split(' ').length).toBeGreaterThan(3);
  });
});

describe('what is new with a plan', () => {
  // A plan of the real provider that weakens what guards a database, a bucket and a machine.
  const plan = join(__dirname, '..', '..', 'plan-review', 'fixtures', 'cases', 'protection-weakened', 'plan.json');

  it('is what was passed before and is not accepted', async () => {
    const accepted = [{ address: 'aws_db_instance.backend', check: 'CKV_AWS_293', reason: 'It is only a test.' }];
    const compared = await compareFindings(plan, accepted, requirements, () => undefined);
    expect(keys(compared.fresh)).toEqual([
      'CKV_AWS_290 aws_iam_role_policy.artifacts',
      'CKV_AWS_288 aws_iam_role_policy.artifacts',
      'CKV_AWS_289 aws_iam_role_policy.artifacts',
      'CKV_AWS_355 aws_iam_role_policy.artifacts',
      'CKV_AWS_79 aws_launch_template.server',
    ]);
    expect(compared.accepted).toBe(1);
    // Without flow logs, for one.
    expect(compared.known).toBeGreaterThan(5);
  });
});
