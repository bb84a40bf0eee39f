import type { Prices } from './prices';

/** A resource as a plan or a synthesized stack holds it. */
export interface Resource {
  /** Terraform address, such as `aws_instance.server`. */
  readonly address: string;
  /** Such as `aws_instance`. */
  readonly type: string;
  /** Attributes and blocks; what is not known yet is missing, or a reference such as `${aws_vpc.main.id}`. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** What one resource, or a part of it, costs. */
export type Charge =
  | {
      readonly what: string;
      /** US dollars a month. */
      readonly monthly: number;
      /** Which of AWS's free tiers covers it, as far as it goes. */
      readonly free?: FreeTier;
    }
  /** Billed by what is used, with AWS's unit. */
  | { readonly what: string; readonly usage: string }
  /** Billed, but no price is known here. */
  | { readonly what: string; readonly unknown: string };

/** `first year`: for accounts made before 15 July 2025; newer ones get credits. Source: AWS billing user guide, "AWS Free Tier". */
export type FreeTier = 'first year' | 'always';

type Rule = (values: Resource['values'], prices: Prices, others: readonly Resource[]) => readonly Charge[];

/** What is billed by the month whatever happens, what by usage, and what not at all: every type that our stacks make. */
export const rules: Readonly<Record<string, Rule>> = {
  aws_instance: (values, prices) => [
    machine(values, prices),
    ...surplusCredits(values),
    volume(block(values, 'root_block_device'), prices),
    ...(values.associate_public_ip_address === true ? [address(1, prices, 'first year')] : []),
    ...(values.monitoring === true ? [detailedMetrics(1, prices)] : []),
  ],
  aws_autoscaling_group: (values, prices, others) => {
    const templates = others.filter(({ type }) => type === 'aws_launch_template');
    const [template] = templates;
    const count = values.min_size;
    if (template === undefined || templates.length > 1 || typeof count !== 'number') {
      return [{ what: 'servers', unknown: `its launch template or its size is not known from here` }];
    }
    const one = [
      machine(template.values, prices),
      ...surplusCredits(template.values),
      volume(block(block(template.values, 'block_device_mappings'), 'ebs'), prices),
      ...(block(template.values, 'monitoring').enabled === true ? [detailedMetrics(1, prices)] : []),
    ];
    const upTo = values.max_size === count ? '' : ` of up to ${values.max_size}`;
    return one.map((charge) => times(count, `${count}${upTo} × `, charge));
  },
  aws_db_instance: (values, prices, others) => {
    const copies = values.multi_az === true ? 2 : 1;
    const which = copies === 2 ? ', Multi-AZ' : '';
    const free = copies === 1 ? 'first year' : undefined;
    const type = text(values.storage_type) ?? 'gp2';
    const hourly = prices.rdsPostgresHour[text(values.instance_class) ?? ''];
    const perGib = prices.rdsGibMonth[type];
    // A read replica has the size of its source.
    const source = isReplica(values) ? others.find((other) => isSource(other))?.values : undefined;
    const size = values.allocated_storage ?? source?.allocated_storage;
    return [
      hourly === undefined
        ? { what: `database ${values.instance_class}`, unknown: 'no price of this class' }
        : {
            what: `database ${values.instance_class}${which}`,
            monthly: copies * hourly * prices.hoursPerMonth,
            free: /^db\.(t3|t4g)\.micro$/.test(text(values.instance_class) ?? '') ? free : undefined,
          },
      perGib === undefined || typeof size !== 'number'
        ? { what: `database storage ${type}`, unknown: 'no price of this storage' }
        : {
            what: `${size} GiB ${type} database storage${which}`,
            monthly: copies * size * perGib,
            free: size <= 20 ? free : undefined,
          },
      ...(values.manage_master_user_password === true
        ? [{ what: 'secret of the database’s password', monthly: prices.secretMonth }]
        : []),
      { what: 'backups beyond the size of the database', usage: 'GB-month' },
      ...(list(values.enabled_cloudwatch_logs_exports).length > 0 || Number(values.monitoring_interval) > 0
        ? [{ what: 'logs and enhanced monitoring of the database', usage: 'GB' }]
        : []),
    ];
  },
  aws_nat_gateway: (_values, prices) => [
    { what: 'NAT gateway', monthly: prices.natGatewayHour * prices.hoursPerMonth },
    { what: 'data through the NAT gateway', usage: 'GB' },
  ],
  aws_eip: (_values, prices) => [address(1, prices)],
  aws_lb: (values, prices) => [
    { what: 'load balancer', monthly: prices.loadBalancerHour * prices.hoursPerMonth },
    ...(values.internal === true ? [] : zonesOf(values, prices)),
    { what: 'what goes through the load balancer', usage: 'LCU-hour' },
  ],
  aws_vpc_endpoint: (values, prices) => {
    if (values.vpc_endpoint_type !== 'Interface') return [];
    const zones = list(values.subnet_ids).length;
    return [
      zones === 0
        ? { what: 'interface endpoint', unknown: 'billed for each of its subnets, which are not known yet' }
        : {
            what: `interface endpoint in ${zones} zones`,
            monthly: zones * prices.interfaceEndpointHour * prices.hoursPerMonth,
          },
      { what: 'data through the endpoint', usage: 'GB' },
    ];
  },
  aws_kms_key: (_values, prices) => [{ what: 'key', monthly: prices.kmsKeyMonth }],
  aws_secretsmanager_secret: (_values, prices) => [{ what: 'secret', monthly: prices.secretMonth }],
  aws_cloudwatch_metric_alarm: (_values, prices) => [{ what: 'alarm', monthly: prices.alarmMonth, free: 'always' }],
  aws_cloudwatch_dashboard: (_values, prices) => [
    { what: 'dashboard', monthly: prices.dashboardMonth, free: 'always' },
  ],
  aws_route53_zone: (_values, prices) => [{ what: 'hosted zone', monthly: prices.hostedZoneMonth }],
  aws_wafv2_web_acl: (values, prices) => [
    {
      what: 'web firewall with its rules',
      monthly: prices.webAclMonth + list(values.rule).length * prices.webAclRuleMonth,
    },
    { what: 'requests through the firewall', usage: 'million requests' },
  ],
  aws_s3_bucket: () => [{ what: 'what the bucket holds and is asked', usage: 'GB-month and request' }],
  aws_cloudwatch_log_group: () => [{ what: 'logs', usage: 'GB' }],
  aws_flow_log: () => [{ what: 'flow logs', usage: 'GB' }],
  aws_sns_topic: () => [{ what: 'messages; the first 1,000 mails are free', usage: 'message' }],
};

/** Types that AWS makes no charge for by themselves. */
export const withoutCharge: ReadonlySet<string> = new Set([
  ...['aws_acm_certificate', 'aws_acm_certificate_validation', 'aws_autoscaling_policy', 'aws_budgets_budget'],
  ...['aws_cloudformation_stack', 'aws_lb_listener_rule'],
  ...['aws_db_parameter_group', 'aws_db_subnet_group', 'aws_default_security_group', 'aws_iam_instance_profile'],
  ...['aws_iam_openid_connect_provider', 'aws_iam_role', 'aws_iam_role_policy', 'aws_iam_role_policy_attachment'],
  'aws_iam_service_linked_role',
  ...['aws_internet_gateway', 'aws_key_pair', 'aws_launch_template', 'aws_lb_listener', 'aws_lb_target_group'],
  ...['aws_route', 'aws_route53_record', 'aws_route_table', 'aws_route_table_association', 'aws_s3_bucket_acl'],
  ...['aws_s3_bucket_lifecycle_configuration', 'aws_s3_bucket_logging', 'aws_s3_bucket_ownership_controls'],
  ...['aws_s3_bucket_policy', 'aws_s3_bucket_public_access_block', 'aws_s3_bucket_versioning', 'aws_s3_object'],
  ...['aws_s3_bucket_server_side_encryption_configuration', 'aws_secretsmanager_secret_policy', 'aws_security_group'],
  'aws_secretsmanager_secret_version',
  ...['aws_sns_topic_policy', 'aws_sns_topic_subscription', 'aws_subnet', 'aws_vpc', 'terraform_data'],
  ...['aws_vpc_security_group_egress_rule', 'aws_vpc_security_group_ingress_rule', 'aws_wafv2_web_acl_association'],
]);

function machine(values: Resource['values'], prices: Prices): Charge {
  const type = text(values.instance_type) ?? 'of an unknown type';
  const hourly = prices.ec2InstanceHour[type];
  return hourly === undefined
    ? { what: `server ${type}`, unknown: 'no price of this type' }
    : {
        what: `server ${type}`,
        monthly: hourly * prices.hoursPerMonth,
        free: /^t[23]\.micro$/.test(type) ? 'first year' : undefined,
      };
}

/** Source: EC2 user guide, "Unlimited mode for burstable performance instances". */
function surplusCredits(values: Resource['values']): Charge[] {
  if (text(block(values, 'credit_specification').cpu_credits) !== 'unlimited') return [];
  return [{ what: 'processor time beyond what a day earns', usage: 'vCPU-hour' }];
}

function volume(values: Resource['values'], prices: Prices): Charge {
  const perGib = prices.ebsGibMonth[text(values.volume_type) ?? ''];
  const size = values.volume_size;
  return perGib === undefined || typeof size !== 'number'
    ? { what: 'its volume', unknown: 'its type or size has no price' }
    : {
        what: `${size} GiB ${values.volume_type} volume`,
        monthly: size * perGib,
        free: size <= 30 ? 'first year' : undefined,
      };
}

function isReplica(values: Resource['values']): boolean {
  return text(values.replicate_source_db) !== undefined;
}

function isSource({ type, values }: Resource): boolean {
  return type === 'aws_db_instance' && !isReplica(values);
}

function address(count: number, prices: Prices, free?: FreeTier): Charge {
  const what = count === 1 ? 'public IPv4 address' : `${count} public IPv4 addresses`;
  return { what, monthly: count * prices.publicIpv4Hour * prices.hoursPerMonth, free };
}

/** A public load balancer has an address in each of its zones. */
function zonesOf(values: Resource['values'], prices: Prices): Charge[] {
  const zones = list(values.subnets).length;
  return zones === 0
    ? [{ what: 'its public IPv4 addresses', unknown: 'one for each subnet, which are not known yet' }]
    : [address(zones, prices)];
}

/** Source: EC2 user guide, "Manage detailed monitoring": seven metrics of a machine. */
function detailedMetrics(count: number, prices: Prices): Charge {
  return { what: 'one-minute metrics', monthly: count * 7 * prices.metricMonth };
}

function times(count: number, prefix: string, charge: Charge): Charge {
  const what = `${prefix}${charge.what}`;
  // The free tier is for one machine.
  return 'monthly' in charge ? { what, monthly: count * charge.monthly } : { ...charge, what };
}

/** A block: a list of one in a plan, an object in a synthesized stack. */
function block(values: Resource['values'], name: string): Resource['values'] {
  const found = Array.isArray(values[name]) ? values[name][0] : values[name];
  return (found ?? {}) as Resource['values'];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
