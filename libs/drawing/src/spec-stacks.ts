/** A production-like stack as cdktf synthesizes one, cut down to what a picture shows. */
export function production(): Record<string, unknown> {
  const ref = (address: string, attribute = 'id'): string => `\${${address}.${attribute}}`;
  const inVpc = { vpc_id: ref('aws_vpc.network') };
  const zones = [1, 2];
  const each = <T>(make: (zone: number) => Record<string, T>): Record<string, T> =>
    Object.assign({}, ...zones.map(make)) as Record<string, T>;
  const rule = (group: string, port: number, peer: Record<string, string>): Record<string, unknown> => ({
    security_group_id: ref(`aws_security_group.${group}`),
    ip_protocol: 'tcp',
    from_port: port,
    to_port: port,
    ...peer,
  });
  const fromGroup = (group: string): Record<string, string> => ({
    referenced_security_group_id: ref(`aws_security_group.${group}`),
  });
  return {
    provider: { aws: [{ region: 'eu-central-1', allowed_account_ids: ['123456789012'] }] },
    terraform: { backend: { s3: { bucket: 'state-of-prod' } } },
    resource: {
      aws_vpc: { network: { cidr_block: '10.0.0.0/16' } },
      aws_subnet: {
        ...each((zone) => ({ [`public-${zone}`]: { ...inVpc, cidr_block: `10.0.${zone}.0/24` } })),
        ...each((zone) => ({ [`private-${zone}`]: { ...inVpc, cidr_block: `10.0.1${zone}.0/24` } })),
      },
      aws_internet_gateway: { gateway: inVpc },
      aws_nat_gateway: { nat: { subnet_id: ref('aws_subnet.public-1') } },
      aws_route_table: { public: inVpc, private: inVpc },
      aws_route: {
        internet: {
          route_table_id: ref('aws_route_table.public'),
          destination_cidr_block: '0.0.0.0/0',
          gateway_id: ref('aws_internet_gateway.gateway'),
        },
        nat: {
          route_table_id: ref('aws_route_table.private'),
          destination_cidr_block: '0.0.0.0/0',
          nat_gateway_id: ref('aws_nat_gateway.nat'),
        },
      },
      aws_route_table_association: Object.assign(
        {},
        ...['public', 'private'].map((kind) =>
          each((zone) => ({
            [`${kind}-${zone}`]: {
              subnet_id: ref(`aws_subnet.${kind}-${zone}`),
              route_table_id: ref(`aws_route_table.${kind}`),
            },
          })),
        ),
      ),
      aws_security_group: { balancer: inVpc, server: inVpc, database: inVpc },
      aws_vpc_security_group_ingress_rule: {
        'https-from-everywhere': rule('balancer', 443, { cidr_ipv4: '0.0.0.0/0' }),
        'server-from-balancer': rule('server', 5000, fromGroup('balancer')),
        'database-from-server': rule('database', 5432, fromGroup('server')),
      },
      aws_vpc_security_group_egress_rule: { 'server-to-https': rule('server', 443, { cidr_ipv4: '0.0.0.0/0' }) },
      aws_lb: {
        balancer: {
          name: 'prod-mlflow',
          subnets: zones.map((zone) => ref(`aws_subnet.public-${zone}`)),
          security_groups: [ref('aws_security_group.balancer')],
        },
      },
      aws_launch_template: {
        server: {
          instance_type: 'm7g.large',
          vpc_security_group_ids: [ref('aws_security_group.server')],
          iam_instance_profile: { arn: ref('aws_iam_instance_profile.server', 'arn') },
          user_data: `\${base64encode(aws_db_instance.primary.address)}`,
        },
      },
      aws_autoscaling_group: {
        servers: {
          name: 'prod-mlflow-tracking-server',
          min_size: 2,
          max_size: 4,
          vpc_zone_identifier: zones.map((zone) => ref(`aws_subnet.private-${zone}`)),
          launch_template: { id: ref('aws_launch_template.server') },
        },
      },
      aws_db_subnet_group: { database: { subnet_ids: zones.map((zone) => ref(`aws_subnet.private-${zone}`)) } },
      aws_db_instance: {
        primary: {
          identifier: 'prod-mlflow-backend-db',
          engine: 'postgres',
          engine_version: '17',
          instance_class: 'db.m7g.large',
          multi_az: true,
          db_subnet_group_name: ref('aws_db_subnet_group.database', 'name'),
          vpc_security_group_ids: [ref('aws_security_group.database')],
        },
        replica: {
          identifier: 'prod-mlflow-backend-db-replica',
          instance_class: 'db.m7g.large',
          replicate_source_db: ref('aws_db_instance.primary', 'arn'),
          db_subnet_group_name: ref('aws_db_subnet_group.database', 'name'),
          vpc_security_group_ids: [ref('aws_security_group.database')],
        },
      },
      aws_s3_bucket: { artifacts: { bucket: 'mlflow-artifacts-remote-prod' } },
      aws_s3_bucket_versioning: { artifacts: { bucket: ref('aws_s3_bucket.artifacts') } },
      aws_vpc_endpoint: {
        s3: {
          ...inVpc,
          service_name: 'com.amazonaws.eu-central-1.s3',
          vpc_endpoint_type: 'Gateway',
          route_table_ids: [ref('aws_route_table.private')],
        },
      },
      aws_secretsmanager_secret: { password: { name: 'prod-mlflow/database' } },
      aws_iam_role: { server: { name: 'prod-mlflow-tracking-server' } },
      aws_iam_instance_profile: { server: { role: ref('aws_iam_role.server', 'name') } },
      aws_iam_role_policy: {
        artifacts: {
          role: ref('aws_iam_role.server', 'name'),
          policy: JSON.stringify({
            Statement: [
              { Action: ['s3:GetObject', 's3:PutObject'], Resource: `${ref('aws_s3_bucket.artifacts', 'arn')}/*` },
              { Action: 's3:ListBucket', Resource: ref('aws_s3_bucket.artifacts', 'arn') },
            ],
          }),
        },
        password: {
          role: ref('aws_iam_role.server', 'name'),
          policy: JSON.stringify({
            Statement: [
              { Action: 'secretsmanager:GetSecretValue', Resource: ref('aws_secretsmanager_secret.password', 'arn') },
            ],
          }),
        },
        'session-manager': {
          role: ref('aws_iam_role.server', 'name'),
          policy: JSON.stringify({ Statement: [{ Action: ['ssmmessages:OpenDataChannel'], Resource: '*' }] }),
        },
      },
      aws_wafv2_web_acl: { firewall: { name: 'prod-mlflow' } },
      aws_wafv2_web_acl_association: {
        balancer: {
          resource_arn: ref('aws_lb.balancer', 'arn'),
          web_acl_arn: ref('aws_wafv2_web_acl.firewall', 'arn'),
        },
      },
      aws_something_new: { thing: { vpc: ref('aws_vpc.network'), note: '<not "drawn">' } },
    },
  };
}
