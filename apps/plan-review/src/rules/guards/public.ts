import { isWholeInternet } from '../networks';
import { type Guard, off, offNotByDefault, on, onByDefault, present, ranked, type Strength } from './guard';

const open = (guard: Omit<Guard, 'kind'>): Guard => ({ kind: 'public', ...guard });

const machines = ['aws_instance', 'aws_launch_*', 'aws_spot_*'];

/** What a value that names everybody opens. */
const names = (everybody: RegExp): Strength => ({
  worse: everybody.source.replace(/[\^$]/g, ''),
  of: (value) => {
    const list: unknown[] = Array.isArray(value) ? value : [value];
    return list.some((one) => everybody.test(String(one ?? ''))) ? 0 : 1;
  },
});

/** What faces the internet, by a value or because nothing is said and AWS's default does. */
export const publicGuards: readonly Guard[] = [
  open({
    attributes: ['publicly_accessible'],
    strength: off,
    refused: true,
    text: 'gets a public address',
  }),
  open({
    types: ['aws_neptunegraph_graph'],
    attributes: ['public_connectivity'],
    strength: off,
    refused: true,
    text: 'gets a public address',
  }),
  open({
    types: ['aws_msk_cluster'],
    attributes: ['broker_node_group_info.connectivity_info.public_access.type'],
    strength: ranked('DISABLED', 'SERVICE_PROVIDED_EIPS', 'DISABLED'),
    refused: true,
    text: 'brokers get public addresses',
  }),
  open({
    types: ['aws_s3_access_point', 'aws_s3control_multi_region_access_point'],
    attributes: ['public_access_block_configuration', 'details.public_access_block'].flatMap((block) =>
      ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'].map(
        (flag) => `${block}.${flag}`,
      ),
    ),
    strength: onByDefault,
    refused: true,
    text: 'the public access block is off',
  }),
  open({
    types: ['aws_emr_block_public_access_configuration'],
    attributes: ['block_public_security_group_rules'],
    strength: on,
    refused: true,
    text: 'clusters may face the internet',
  }),
  open({
    types: ['aws_ebs_snapshot_block_public_access', 'aws_ec2_image_block_public_access'],
    attributes: ['state'],
    strength: ranked('unblocked', 'unblocked', /^block/),
    refused: true,
    text: 'may be shared with every AWS account',
  }),
  open({
    types: ['aws_ssm_service_setting'],
    attributes: ['setting_value'],
    strength: ranked('', 'Enable', 'Disable'),
    text: 'documents may be shared with every AWS account',
  }),
  open({
    types: ['aws_secretsmanager_secret_policy'],
    attributes: ['block_public_policy'],
    strength: on,
    text: 'a policy that lets in everybody is not refused any more',
  }),
  open({
    types: ['aws_db_snapshot*', 'aws_db_cluster_snapshot', 'aws_rds_cluster_snapshot_copy'],
    attributes: ['shared_accounts'],
    strength: names(/^all$/),
    refused: true,
    text: 'is shared with every AWS account',
  }),
  open({
    types: ['aws_ami_launch_permission', 'aws_snapshot_create_volume_permission'],
    attributes: ['group', 'account_id'],
    strength: names(/^all$/),
    refused: true,
    text: 'is shared with every AWS account',
  }),
  open({
    types: ['aws_imagebuilder_distribution_configuration'],
    attributes: ['distribution[].ami_distribution_configuration.launch_permission.user_groups'],
    strength: names(/^all$/),
    refused: true,
    text: 'images are shared with every AWS account',
  }),
  open({
    types: ['aws_ssm_document'],
    attributes: ['permissions.account_ids'],
    strength: names(/(^|,)\s*all\s*(,|$)/i),
    refused: true,
    text: 'is shared with every AWS account',
  }),
  open({
    types: ['aws_vpc_endpoint_service', 'aws_vpc_endpoint_service_allowed_principal'],
    attributes: ['allowed_principals', 'principal_arn'],
    strength: names(/^\*$/),
    refused: true,
    text: 'every AWS account may connect',
  }),
  open({
    types: ['aws_cloudwatch_event_permission'],
    attributes: ['principal'],
    strength: names(/^\*$/),
    refused: true,
    unless: ['condition'],
    text: 'every AWS account may put events',
  }),
  open({
    types: ['aws_lambda_layer_version_permission'],
    attributes: ['principal'],
    strength: names(/^\*$/),
    refused: true,
    unless: ['organization_id'],
    text: 'every AWS account may use the layer',
  }),
  open({
    types: ['aws_lambda_function_url'],
    attributes: ['authorization_type'],
    strength: names(/^NONE$/),
    refused: true,
    text: 'anyone may call the function',
  }),
  open({
    types: ['aws_opensearch_domain'],
    attributes: ['advanced_security_options.anonymous_auth_enabled'],
    strength: off,
    refused: true,
    text: 'anyone who reaches it may read it',
  }),
  open({
    types: ['aws_eks_cluster'],
    attributes: ['vpc_config.endpoint_private_access'],
    strength: on,
    text: 'nodes reach the API over the internet only',
  }),
  open({
    types: machines,
    attributes: [
      'associate_public_ip_address',
      'network_interfaces[].associate_public_ip_address',
      'launch_specification[].associate_public_ip_address',
    ],
    strength: off,
    atStart: true,
    text: 'the server gets a public address',
  }),
  open({
    types: ['aws_ecs_*', 'aws_cloudwatch_event_target', 'aws_scheduler_schedule', 'aws_pipes_pipe'],
    attributes: [
      'network_configuration.assign_public_ip',
      'ecs_target.network_configuration.assign_public_ip',
      'target.ecs_parameters.network_configuration.assign_public_ip',
      'target_parameters.ecs_task_parameters.network_configuration.aws_vpc_configuration.assign_public_ip',
    ],
    strength: off,
    atStart: true,
    text: 'the tasks get a public address',
  }),
  open({
    types: ['aws_subnet', 'aws_default_subnet'],
    attributes: ['map_public_ip_on_launch'],
    strength: off,
    text: 'servers in the subnet get a public address',
  }),
  open({
    types: ['aws_lb', 'aws_alb', 'aws_elb'],
    attributes: ['internal'],
    strength: on,
    atStart: true,
    text: 'the load balancer faces the internet',
  }),
  open({
    types: ['aws_apprunner_service'],
    attributes: ['network_configuration.ingress_configuration.is_publicly_accessible'],
    strength: offNotByDefault,
    atStart: true,
    text: 'the service faces the internet',
  }),
  open({
    types: ['aws_transfer_server'],
    attributes: ['endpoint_type'],
    strength: ranked('PUBLIC', 'PUBLIC', /^VPC/),
    atStart: true,
    text: 'the server faces the internet',
  }),
  open({
    types: ['aws_opensearch_domain', 'aws_elasticsearch_domain'],
    attributes: ['vpc_options'],
    strength: present,
    atStart: true,
    text: 'the domain has a public endpoint',
  }),
  open({
    types: ['aws_sagemaker_notebook_instance'],
    attributes: ['direct_internet_access'],
    strength: ranked('Enabled', 'Enabled', 'Disabled'),
    atStart: true,
    text: 'the notebook reaches the internet past the network of the account',
  }),
  open({
    types: ['aws_sagemaker_domain'],
    attributes: ['app_network_access_type'],
    strength: ranked('PublicInternetOnly', 'PublicInternetOnly', 'VpcOnly'),
    atStart: true,
    text: 'notebooks reach the internet past the network of the account',
  }),
  open({
    types: ['aws_workspaces_directory', 'aws_appstream_*'],
    attributes: ['workspace_creation_properties.enable_internet_access', 'enable_default_internet_access'],
    strength: off,
    text: 'desktops get a public address',
  }),
  open({
    types: ['aws_drs_replication_configuration_template'],
    attributes: ['create_public_ip'],
    strength: off,
    atStart: true,
    text: 'replication servers get a public address',
  }),
  open({
    types: ['aws_vpc_block_public_access_options'],
    attributes: ['internet_gateway_block_mode'],
    strength: ranked('off', 'off', 'block-ingress', 'block-bidirectional'),
    text: 'the internet is blocked less: {before} → {after}',
  }),
  open({
    types: ['aws_vpc_block_public_access_exclusion'],
    attributes: ['internet_gateway_exclusion_mode'],
    strength: ranked('', 'allow-bidirectional', 'allow-egress'),
    atStart: true,
    text: 'the internet may come in in spite of the block',
  }),
  open({
    types: ['aws_lightsail_container_service_deployment_version'],
    attributes: ['public_endpoint'],
    strength: { worse: 'set', of: (value) => (present.of(value) === 1 ? 0 : 1) },
    atStart: true,
    text: 'the container faces the internet',
  }),
  open({
    types: ['aws_mwaa_environment'],
    attributes: ['webserver_access_mode'],
    strength: ranked('PRIVATE_ONLY', 'PUBLIC_ONLY', 'PRIVATE_ONLY'),
    atStart: true,
    text: 'the web server faces the internet',
  }),
  open({
    types: ['aws_s3_bucket_ownership_controls'],
    attributes: ['rule.object_ownership'],
    strength: ranked('', 'ObjectWriter', 'BucketOwnerPreferred', 'BucketOwnerEnforced'),
    text: 'access control lists count again: {before} → {after}',
  }),
  open({
    types: ['aws_ram_resource_share'],
    attributes: ['allow_external_principals'],
    strength: off,
    atStart: true,
    text: 'may be shared outside the organisation',
  }),
  open({
    types: ['aws_api_gateway_rest_api'],
    attributes: ['endpoint_configuration.types'],
    strength: {
      worse: 'EDGE, REGIONAL',
      of: (value) => (JSON.stringify(value ?? []).includes('PRIVATE') ? 1 : 0),
    },
    text: 'the API faces the internet',
  }),
  open({
    types: ['aws_route53_zone'],
    attributes: ['vpc'],
    strength: present,
    text: 'the zone answers the internet',
  }),
];

/** Whether the API of an EKS cluster can be reached by everybody. */
export function clusterOpenings(type: string, values: unknown): string[] {
  const config = type === 'aws_eks_cluster' ? (values as { vpc_config?: unknown } | null)?.vpc_config : undefined;
  const block = (Array.isArray(config) ? config[0] : config) as Readonly<Record<string, unknown>> | undefined;
  // AWS opens the endpoint to everybody where the source says nothing.
  if (block === undefined || block.endpoint_public_access === false) return [];
  const cidrs = Array.isArray(block.public_access_cidrs) ? block.public_access_cidrs : [];
  const wide = cidrs.filter(isWholeInternet).map(String);
  if (cidrs.length > 0 && wide.length === 0) return [];
  return [
    `the API of the cluster is open to ${wide.join(', ') || '0.0.0.0/0, as nothing is known of public_access_cidrs'}`,
  ];
}
