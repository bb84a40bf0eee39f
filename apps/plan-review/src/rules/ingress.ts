import { asList } from '../diff/documents';
import { isObject } from '../diff/marks';
import type { Ingress } from './networks';

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
};

/** Whom the resource with these values lets in; undefined for a type that lets nobody in. */
export function ingressOf(type: string, values: unknown): Ingress[] | undefined {
  return isObject(values) ? readers[type]?.(values) : readers[type] && [];
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
