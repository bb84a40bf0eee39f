import type { Kind } from './model';
import { text, values, type Stack, type StackResource } from './stack';

interface Description {
  readonly kind: Kind;
  readonly title: string;
  readonly subtitle: string;
}

type Describe = (values: Readonly<Record<string, unknown>>, stack: Stack, resource: StackResource) => Description;

/** The resource types that get a box of their own. */
const drawn: Readonly<Record<string, Describe>> = {
  aws_instance: (instance) => ({
    kind: 'compute',
    title: nameOf(instance) ?? 'Server',
    subtitle: join('EC2', text(instance.instance_type)),
  }),
  aws_autoscaling_group: (group, stack, resource) => ({
    kind: 'compute',
    title: text(group.name) ?? text(group.name_prefix) ?? 'Tracking servers',
    subtitle: join(
      `Auto Scaling ${text(group.min_size) ?? '?'} to ${text(group.max_size) ?? '?'}`,
      text(stack.reach(resource, 'aws_launch_template')[0]?.values.instance_type),
    ),
  }),
  aws_lb: (balancer) => ({
    kind: 'network',
    title: 'Load balancer',
    subtitle: join(text(balancer.name) ?? text(balancer.name_prefix), balancer.internal === true && 'internal'),
  }),
  aws_db_instance: (database) => ({
    kind: 'database',
    title: text(database.identifier) ?? 'Database',
    subtitle: join(
      'replicate_source_db' in database
        ? 'Read replica'
        : [text(database.engine) === 'postgres' ? 'PostgreSQL' : text(database.engine), text(database.engine_version)]
            .filter(Boolean)
            .join(' '),
      text(database.instance_class),
      database.multi_az === true && 'Multi-AZ',
    ),
  }),
  aws_s3_bucket: (bucket) => ({
    kind: 'storage',
    title: 'S3 bucket',
    subtitle: text(bucket.bucket) ?? `${text(bucket.bucket_prefix) ?? ''}…`,
  }),
  aws_internet_gateway: () => ({ kind: 'network', title: 'Internet gateway', subtitle: 'to the internet' }),
  aws_nat_gateway: () => ({ kind: 'network', title: 'NAT gateway', subtitle: '' }),
  aws_vpc_endpoint: (endpoint) => ({
    kind: 'network',
    title: `${serviceOf(endpoint)} endpoint`.trim(),
    subtitle: text(endpoint.vpc_endpoint_type) ?? 'Gateway',
  }),
  aws_secretsmanager_secret: (secret) => ({
    kind: 'security',
    title: 'Secret',
    subtitle: text(secret.name) ?? text(secret.name_prefix) ?? 'Secrets Manager',
  }),
  aws_wafv2_web_acl: () => ({ kind: 'security', title: 'Web firewall', subtitle: 'WAF' }),
};

/** Title and subtitle of a resource's box; undefined for types that get none. */
export function describe(stack: Stack, resource: StackResource): Description | undefined {
  return drawn[resource.type]?.(resource.values, stack, resource);
}

const services: Readonly<Record<string, string>> = {
  secretsmanager: 'Secrets Manager',
  ssm: 'Systems Manager',
  ssmmessages: 'Session Manager',
};

function serviceOf(endpoint: Readonly<Record<string, unknown>>): string {
  const service = text(endpoint.service_name)?.split('.').at(-1) ?? '';
  return services[service] ?? service.toUpperCase();
}

function nameOf(resource: Readonly<Record<string, unknown>>): string | undefined {
  return text(values(resource.tags).Name);
}

function join(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter(Boolean).join(' · ');
}
