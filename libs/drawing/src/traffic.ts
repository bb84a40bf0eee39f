import { outside, type DrawnEdge, type DrawnNode } from './model';
import { between, internetRoute, subnetsOf } from './placement';
import { text, type Stack, type StackResource } from './stack';

const services: Readonly<Record<number, string>> = { 22: 'SSH', 80: 'HTTP', 443: 'HTTPS', 5432: 'PostgreSQL' };

interface Found {
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
}

/** Who may reach whom by the rules of the security groups, by routes, and what is replicated. */
export function trafficEdges(stack: Stack, drawn: ReadonlySet<string>): Found {
  const members = (group: StackResource): string[] =>
    [...stack.resources.values()]
      .filter(({ address }) => drawn.has(address))
      .filter((resource) => stack.reach(resource, 'aws_security_group', between).includes(group))
      .map(({ address }) => address);
  const found = [
    ...stack.ofType('aws_vpc_security_group_ingress_rule').map((rule) => ingress(stack, rule, members)),
    ...stack.ofType('aws_vpc_security_group_egress_rule').map((rule) => egress(stack, rule, members)),
    ...stack.ofType('aws_nat_gateway').map((gateway) => onwards(stack, gateway)),
    { nodes: [], edges: balanced(stack, drawn) },
    { nodes: [], edges: replicas(stack, drawn) },
  ];
  return { nodes: found.flatMap(({ nodes }) => nodes), edges: found.flatMap(({ edges }) => edges) };
}

type Members = (group: StackResource) => string[];

function ingress(stack: Stack, rule: StackResource, members: Members): Found {
  const groups = stack.references(rule.values.security_group_id);
  const source = sourceOf(stack, rule, members);
  const edges = groups
    .flatMap(members)
    .flatMap((to) => source.ids.filter((from) => from !== to).map((from) => edge(rule, from, to)));
  return { nodes: edges.length > 0 ? source.nodes : [], edges };
}

function sourceOf(stack: Stack, rule: StackResource, members: Members): { ids: string[]; nodes: DrawnNode[] } {
  const { cidr_ipv4, cidr_ipv6, prefix_list_id, referenced_security_group_id } = rule.values;
  if (referenced_security_group_id !== undefined) {
    return { ids: stack.references(referenced_security_group_id).flatMap(members), nodes: [] };
  }
  const range = text(cidr_ipv4) ?? text(cidr_ipv6);
  if (range === '0.0.0.0/0' || range === '::/0') return { ids: [outside.internet], nodes: [internet] };
  if (range !== undefined) {
    const id = `clients ${range}`;
    return { ids: [id], nodes: [{ id, kind: 'people', title: 'Clients', subtitle: range }] };
  }
  const list = stack.references(prefix_list_id)[0];
  const name = text(list?.values.name)?.split('.').at(-1);
  const id = list?.address ?? `prefix list of ${rule.address}`;
  return {
    ids: [id],
    nodes: [{ id, kind: 'people', title: titles[name ?? ''] ?? 'AWS', subtitle: name ?? 'prefix list' }],
  };
}

const titles: Readonly<Record<string, string>> = { 'ec2-instance-connect': 'Instance Connect' };
const internet: DrawnNode = { id: outside.internet, kind: 'internet', title: 'Internet', subtitle: 'anybody' };

/** Where a rule lets members out to the whole internet, their subnet's route says by which gateway. */
function egress(stack: Stack, rule: StackResource, members: Members): Found {
  if (rule.values.cidr_ipv4 !== '0.0.0.0/0') return { nodes: [], edges: [] };
  const edges = stack
    .references(rule.values.security_group_id)
    .flatMap(members)
    .flatMap((from) => {
      const resource = stack.resources.get(from);
      const subnet = resource && subnetsOf(stack, resource)[0];
      const gateway = subnet && internetRoute(stack, subnet);
      return gateway === undefined ? [] : [edge(rule, from, gateway.address)];
    });
  return { nodes: [], edges };
}

function onwards(stack: Stack, gateway: StackResource): Found {
  const subnet = subnetsOf(stack, gateway)[0];
  const next = subnet && internetRoute(stack, subnet);
  if (next === undefined) return { nodes: [], edges: [] };
  return {
    nodes: [],
    edges: [{ from: gateway.address, to: next.address, labels: [], kind: 'traffic', addresses: [] }],
  };
}

/** A firewall stands before the load balancer it is associated with. */
function balanced(stack: Stack, drawn: ReadonlySet<string>): DrawnEdge[] {
  return stack.ofType('aws_wafv2_web_acl_association').flatMap((association) => {
    const [acl] = stack.reach(association, 'aws_wafv2_web_acl');
    const [balancer] = stack.reach(association, 'aws_lb');
    if (acl === undefined || balancer === undefined || !drawn.has(balancer.address)) return [];
    return [
      {
        from: acl.address,
        to: balancer.address,
        labels: ['filters'],
        kind: 'access',
        addresses: [association.address],
      },
    ];
  });
}

function replicas(stack: Stack, drawn: ReadonlySet<string>): DrawnEdge[] {
  return stack.ofType('aws_db_instance').flatMap((replica) =>
    stack
      .references(replica.values.replicate_source_db)
      .filter((source) => source !== replica && drawn.has(source.address))
      .map((source) => ({
        from: source.address,
        to: replica.address,
        labels: ['replicates'],
        kind: 'traffic' as const,
        addresses: [],
      })),
  );
}

function edge(rule: StackResource, from: string, to: string): DrawnEdge {
  return { from, to, labels: [portsOf(rule)], kind: 'traffic', addresses: [rule.address] };
}

function portsOf({ values }: StackResource): string {
  const from = text(values.from_port);
  const to = text(values.to_port);
  if (values.ip_protocol === '-1' || from === undefined) return 'everything';
  const ports = to === undefined || from === to ? from : `${from}–${to}`;
  return `${services[Number(ports)] ?? (text(values.ip_protocol) ?? 'tcp').toUpperCase()} ${ports}`;
}
