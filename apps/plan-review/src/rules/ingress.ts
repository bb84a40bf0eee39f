import type { Plan, ResourceChange } from '@mlflow-on-aws/plan';
import { asList } from '../diff/documents';
import { isObject } from '../diff/marks';
import { covers, type Ingress } from './networks';

type Values = Readonly<Record<string, unknown>>;

/** Who a resource lets in, by resource type. */
const readers: Readonly<Record<string, (values: Values) => Ingress[]>> = {
  aws_security_group: inline,
  aws_default_security_group: inline,
  aws_security_group_rule: (values) => (values.type === 'ingress' ? ranges(values) : []),
  aws_vpc_security_group_ingress_rule: (values) =>
    sources(values.cidr_ipv4, values.cidr_ipv6, values.prefix_list_id, values.referenced_security_group_id).map(
      (source) => rule(values, source, values.ip_protocol),
    ),
  aws_ec2_managed_prefix_list: (values) => objects(values.entry).flatMap((entry) => everyPort(entry.cidr)),
  aws_ec2_managed_prefix_list_entry: (values) => everyPort(values.cidr),
  aws_lightsail_instance_public_ports: (values) =>
    objects(values.port_info).flatMap((port) => {
      const named = sources(port.cidrs, port.ipv6_cidrs, port.cidr_list_aliases);
      // Lightsail opens a port to everybody where nothing is said.
      return (named.length === 0 ? ['0.0.0.0/0'] : named).map((source) => rule(port, source, port.protocol));
    }),
  aws_workspaces_ip_group: (values) => objects(values.rules).flatMap(({ source }) => everyPort(source)),
};

/** Types that let somebody in, for the table of rules. */
export const ingressTypes: readonly string[] = Object.keys(readers);

/** Whom the resource with these values lets in; undefined for a type that lets nobody in. */
export function ingressOf(type: string, values: unknown): Ingress[] | undefined {
  return isObject(values) ? readers[type]?.(values) : readers[type] && [];
}

/** Whom a change lets in that nothing let in before: a rule that moves from one resource to another lets in nobody. */
export function newIngress({ type, change }: ResourceChange, plan: Plan): Ingress[] {
  const after = ingressOf(type, change.after) ?? [];
  if (after.length === 0) return [];
  const group = groupOf(type, change.after);
  const others = group === undefined ? [] : (ingressBefore(plan).get(group) ?? []);
  const before = [...(ingressOf(type, change.before) ?? []), ...others];
  return after.filter((one) => !before.some((had) => covers(had, one)));
}

const known = new WeakMap<Plan, ReadonlyMap<string, readonly Ingress[]>>();

/** Whom the resources of a plan let in before it, by what they belong to. */
function ingressBefore(plan: Plan): ReadonlyMap<string, readonly Ingress[]> {
  const found = known.get(plan);
  if (found !== undefined) return found;
  const byGroup = new Map<string, Ingress[]>();
  for (const { type, change } of plan.resource_changes) {
    const group = groupOf(type, change.before);
    if (group === undefined) continue;
    byGroup.set(group, [...(byGroup.get(group) ?? []), ...(ingressOf(type, change.before) ?? [])]);
  }
  known.set(plan, byGroup);
  return byGroup;
}

/** The security group, prefix list or machine whose rules these are. */
function groupOf(type: string, values: unknown): string | undefined {
  if (readers[type] === undefined || !isObject(values)) return undefined;
  const keys = /^aws_(default_)?security_group$|_managed_prefix_list$/.test(type)
    ? ['id']
    : ['security_group_id', 'prefix_list_id', 'instance_name'];
  return keys.map((key) => values[key]).find((value): value is string => typeof value === 'string' && value !== '');
}

function inline(values: Values): Ingress[] {
  return objects(values.ingress).flatMap(ranges);
}

function ranges(values: Values): Ingress[] {
  return sources(
    values.cidr_blocks,
    values.ipv6_cidr_blocks,
    values.prefix_list_ids,
    values.security_groups,
    values.source_security_group_id,
    values.self === true ? 'the group itself' : undefined,
  ).map((source) => rule(values, source, values.protocol));
}

function rule(values: Values, source: string, protocol: unknown): Ingress {
  const all = protocol === '-1' || protocol === 'all' || protocol === -1;
  return {
    source,
    protocol: all ? '-1' : String(protocol ?? 'tcp'),
    from: all ? 0 : Number(values.from_port ?? 0),
    to: all ? 65535 : Number(values.to_port ?? 65535),
  };
}

function everyPort(cidr: unknown): Ingress[] {
  return sources(cidr).map((source) => rule({}, source, '-1'));
}

function sources(...values: unknown[]): string[] {
  return values.flatMap(asList).filter((value): value is string => typeof value === 'string' && value !== '');
}

function objects(value: unknown): Values[] {
  return asList(value).filter(isObject);
}
