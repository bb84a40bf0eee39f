import { cloudEnvironment, EmulatedAws, prepareTools, Progress, SecondCheckout } from '@mlflow-on-aws/workbench';
import { stateBucketName } from '@mlflow-on-aws/foundation';
import { environmentNamed } from '@mlflow-on-aws/stacks';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Plans of prod in a VPC that somebody else made, and of what that somebody may have forgotten.
jest.setTimeout(5 * 60_000);

const { accountId, region, loadBalancer } = environmentNamed('prod');
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'existing network ')));
let aws: EmulatedAws;
let checkout: SecondCheckout;
let network: Network;
let initialized = false;

/** What somebody made: a VPC with two public and two private subnets, NAT for the latter. */
interface Network {
  readonly vpc: string;
  readonly subnets: readonly string[];
  readonly privateRoutes: string;
  readonly mainRoutes: string;
  readonly gateway: string;
}

/** Runs an EC2 command and prints one id out of its answer. */
const ec2 = (query: string, ...args: string[]) => aws.cli(region, 'ec2', ...args, '--query', query, '--output', 'text');

async function makeNetwork(): Promise<Network> {
  const vpc = await ec2('Vpc.VpcId', 'create-vpc', '--cidr-block', '10.7.0.0/16');
  await ec2('@', 'modify-vpc-attribute', '--vpc-id', vpc, '--enable-dns-hostnames');
  const subnets: string[] = [];
  for (const [index, zone] of ['a', 'b', 'a', 'b'].entries()) {
    const place = ['--cidr-block', `10.7.${index}.0/24`, '--availability-zone', `${region}${zone}`];
    subnets.push(await ec2('Subnet.SubnetId', 'create-subnet', '--vpc-id', vpc, ...place));
  }
  const gateway = await ec2('InternetGateway.InternetGatewayId', 'create-internet-gateway');
  await ec2('@', 'attach-internet-gateway', '--vpc-id', vpc, '--internet-gateway-id', gateway);
  // The public ones follow the main table, the private ones one of their own.
  const main = ['--filters', `Name=vpc-id,Values=${vpc}`, 'Name=association.main,Values=true'];
  const mainRoutes = await ec2('RouteTables[0].RouteTableId', 'describe-route-tables', ...main);
  const internet = ['--destination-cidr-block', '0.0.0.0/0'];
  await ec2('@', 'create-route', '--route-table-id', mainRoutes, ...internet, '--gateway-id', gateway);
  const address = await ec2('AllocationId', 'allocate-address', '--domain', 'vpc');
  const nat = ['--subnet-id', subnets[0] as string, '--allocation-id', address];
  const natGateway = await ec2('NatGateway.NatGatewayId', 'create-nat-gateway', ...nat);
  const privateRoutes = await ec2('RouteTable.RouteTableId', 'create-route-table', '--vpc-id', vpc);
  await ec2('@', 'create-route', '--route-table-id', privateRoutes, ...internet, '--nat-gateway-id', natGateway);
  for (const subnet of subnets.slice(2)) {
    await ec2('@', 'associate-route-table', '--route-table-id', privateRoutes, '--subnet-id', subnet);
  }
  return { vpc, subnets, privateRoutes, mainRoutes, gateway };
}

/** Plans prod in the network; what Terraform says comes without its frames and line ends. */
async function plan(subnets: readonly string[] = network.subnets): Promise<string> {
  const existing = {
    vpcId: network.vpc,
    publicSubnetIds: subnets.slice(0, 2),
    privateSubnetIds: subnets.slice(2),
  };
  const line = `\n  network: { existing: ${JSON.stringify(existing)} },\n\n  access: {`;
  checkout.edit('apps/prod/environment.ts', /\n( {2}network: .*\n\n)? {2}access: \{/, line);
  const synth = await checkout.cdktf(['synth']);
  if (synth.code !== 0) throw new Error(synth.said);
  const init = initialized || (await checkout.terraform('prod', ['init', '-input=false']));
  if (init !== true && init.code !== 0) throw new Error(init.said);
  initialized = true;
  const { said } = await checkout.terraform('prod', ['plan', '-input=false', '-no-color', '-lock=false']);
  return said.replaceAll(/[\s│]+/g, ' ');
}

beforeAll(async () => {
  const tools = await prepareTools(join(scratch, 'tools'), new Progress());
  aws = new EmulatedAws(join(scratch, 'aws'), tools.emulatorPython, tools.awsCli);
  await aws.start(accountId);
  await aws.makeHostedZone(region, loadBalancer?.hostedZoneId ?? '', loadBalancer?.domainName ?? '');
  checkout = new SecondCheckout(join(scratch, 'checkout'), cloudEnvironment(tools, aws, region));
  await aws.cli(region, 's3api', 'create-bucket', '--bucket', stateBucketName(accountId, region));
  network = await makeNetwork();
});

afterAll(async () => {
  await aws?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

test('a network that does is taken as it is: nothing of it is made', async () => {
  const said = await plan();
  expect(said).toMatch(/Plan: \d+ to add, 0 to change, 0 to destroy/);
  for (const type of ['vpc', 'subnet', 'route', 'internet_gateway', 'nat_gateway', 'default_security_group']) {
    expect(said).not.toMatch(new RegExp(`aws_${type}\\.\\S+ will be created`));
  }
});

test('subnets of nobody, or of the same zone, are told', async () => {
  const [first, second, third, fourth] = network.subnets as [string, string, string, string];
  expect(await plan([first, 'subnet-0123456789abcdef0', third, fourth])).toContain(
    `network.existing: got subnet-0123456789abcdef0, want subnets of ${network.vpc} in ${region}`,
  );
  expect(await plan([first, second, third, first])).toContain(
    `network.existing.privateSubnetIds[1]: got ${first}, want a subnet of another Availability Zone`,
  );
});

test('what would silently not work is told: no names, no way in, no way out', async () => {
  await ec2('@', 'modify-vpc-attribute', '--vpc-id', network.vpc, '--no-enable-dns-hostnames');
  for (const routes of [network.mainRoutes, network.privateRoutes]) {
    await ec2('@', 'delete-route', '--route-table-id', routes, '--destination-cidr-block', '0.0.0.0/0');
  }
  // A gateway in place of NAT: servers without a public address get nothing through it.
  const throughGateway = ['--destination-cidr-block', '0.0.0.0/0', '--gateway-id', network.gateway];
  await ec2('@', 'create-route', '--route-table-id', network.privateRoutes, ...throughGateway);
  const said = await plan();
  expect(said).toContain(`network.existing.vpcId: got ${network.vpc}, want a VPC with enable_dns_hostnames on`);
  for (const [index, subnet] of network.subnets.entries()) {
    const [kind, want] = index < 2 ? ['public', 'with a route to an internet gateway'] : ['private', 'whose route for'];
    expect(said).toContain(`network.existing.${kind}SubnetIds[${index % 2}]: got ${subnet}, want a subnet ${want}`);
  }
});
