import { accessEdges } from './access';
import { describe } from './describe';
import { outside, type Architecture, type DrawnArea, type DrawnEdge, type DrawnNode } from './model';
import { internetRoute, subnetsOf } from './placement';
import { text, type Stack, type StackResource } from './stack';
import { trafficEdges } from './traffic';

/** Reads who may reach whom out of a stack. Resources of a type it does not know are left out. */
export function architectureOf(stack: Stack): Architecture {
  const areas = areasOf(stack);
  const resources = [...stack.resources.values()].flatMap((resource): DrawnNode[] => {
    const description = resource.address.startsWith('data.') ? undefined : describe(stack, resource);
    return description === undefined
      ? []
      : [{ id: resource.address, ...description, parent: parentOf(stack, areas, resource) }];
  });
  const state: DrawnNode[] =
    stack.stateBucket === undefined
      ? []
      : [
          {
            id: outside.state,
            kind: 'storage',
            title: 'Terraform state',
            subtitle: stack.stateBucket,
            parent: outside.account,
          },
          { id: outside.terraform, kind: 'people', title: 'Deployments', subtitle: 'cdktf deploy, plan' },
        ];
  const toState = { from: outside.terraform, to: outside.state, labels: ['state and lock'], kind: 'access' } as const;
  const drawn = new Set(resources.map(({ id }) => id));
  const traffic = trafficEdges(stack, drawn);
  const access = accessEdges(stack, drawn);
  const edges = merged([
    ...traffic.edges,
    ...access.edges,
    ...(state.length > 0 ? [{ ...toState, addresses: [] }] : []),
  ]);
  return { areas, nodes: unique([...resources, ...traffic.nodes, ...access.nodes, ...state]), edges };
}

function areasOf(stack: Stack): DrawnArea[] {
  const account: DrawnArea = {
    id: outside.account,
    title: ['AWS', stack.region].filter(Boolean).join(' · '),
    subtitle: stack.accountId === undefined ? '' : `account ${stack.accountId}`,
    addresses: [],
  };
  const vpcs = stack.existingOrOfType('aws_vpc').map((vpc) => ({
    id: vpc.address,
    title: isExisting(vpc) ? 'VPC that was there' : 'VPC',
    subtitle: text(vpc.values.cidr_block) ?? text(vpc.values.id) ?? '',
    parent: outside.account,
    addresses: [vpc.address],
  }));
  const tiers = new Map<string, { title: string; vpc?: string; subnets: StackResource[] }>();
  for (const subnet of stack.existingOrOfType('aws_subnet')) {
    const users = isExisting(subnet) ? usersOf(stack, subnet) : undefined;
    if (users === '') continue;
    const vpc = users === undefined ? stack.reach(subnet, 'aws_vpc')[0]?.address : vpcs.find(isLookedUp)?.id;
    const title = users === undefined ? tierOf(stack, subnet) : 'Subnets';
    const id = `${vpc ?? 'subnets'}/${users ?? title}`;
    const tier = tiers.get(id) ?? { title, vpc, subnets: [] };
    tier.subnets.push(subnet);
    tiers.set(id, tier);
  }
  return [
    account,
    ...vpcs,
    ...[...tiers].map(([id, { title, vpc, subnets }]) => ({
      id,
      title,
      subtitle: subnets.map(({ values }) => text(values.cidr_block) ?? text(values.id) ?? '').join('  ·  '),
      parent: vpc ?? outside.account,
      addresses: subnets.map(({ address }) => address),
    })),
  ];
}

/** Where a subnet's route to the internet leads says what kind it is; its name does not. */
function tierOf(stack: Stack, subnet: StackResource): string {
  const gateway = internetRoute(stack, subnet)?.type;
  if (gateway === 'aws_internet_gateway') return 'Public subnets';
  return gateway === 'aws_nat_gateway' ? 'Private subnets, out through NAT' : 'Private subnets';
}

const isExisting = ({ address }: StackResource): boolean => address.startsWith('data.');
const isLookedUp = ({ id }: { readonly id: string }): boolean => id.startsWith('data.');

/** What stands in a subnet, in one text: those of a network that was there belong together when the same stands in them. */
function usersOf(stack: Stack, subnet: StackResource): string {
  const users = [...stack.resources.values()].filter(
    (resource) => describe(stack, resource) !== undefined && subnetsOf(stack, resource).includes(subnet),
  );
  return users.map(({ address }) => address).join();
}

function parentOf(stack: Stack, areas: readonly DrawnArea[], resource: StackResource): string {
  const subnet = subnetsOf(stack, resource)[0];
  const tier = areas.find(({ addresses }) => subnet !== undefined && addresses.includes(subnet.address));
  return tier?.id ?? stack.reach(resource, 'aws_vpc')[0]?.address ?? outside.account;
}

function unique(nodes: readonly DrawnNode[]): DrawnNode[] {
  return [...new Map(nodes.map((node) => [node.id, node])).values()];
}

/** One arrow for everything that goes the same way. */
function merged(edges: readonly DrawnEdge[]): DrawnEdge[] {
  const byWay = new Map<string, DrawnEdge>();
  for (const edge of edges) {
    const way = JSON.stringify([edge.from, edge.to, edge.kind]);
    const other = byWay.get(way);
    byWay.set(way, {
      ...edge,
      labels: distinct([...(other?.labels ?? []), ...edge.labels]),
      addresses: [...new Set([...(other?.addresses ?? []), ...edge.addresses])],
    });
  }
  return [...byWay.values()];
}

/** Each label once, without those that another one begins with: `read` beside `read, write`. */
function distinct(labels: readonly string[]): string[] {
  return [...new Set(labels)].filter((label) => !labels.some((other) => other !== label && other.startsWith(label)));
}
