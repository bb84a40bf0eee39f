import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { planWith } from '../../testing/plans';
import { matches } from '../policies/match';
import { findingsOf } from '../security';
import { guards, parts } from '.';
import { oldestTls } from './tls';

type Row = [type: string, before: object | null, after: object, text: string];

const findings = (type: string, before: object | null, after: object, marks: object = {}): string[] => {
  const plan = planWith([{ type, before, after, ...marks }]);
  return findingsOf(plan.resource_changes[0]!, plan).map(({ kind, text }) => `${kind}: ${text}`);
};

describe('the tables of guards', () => {
  const bindings = join(dirname(require.resolve('@cdktf/provider-aws/package.json')), 'lib');
  const folders = readdirSync(bindings).filter((folder) => !folder.startsWith('data-aws-'));
  const typeOf = (folder: string): string => `aws_${folder.replaceAll('-', '_')}`;
  const known = new Map(folders.map((folder) => [typeOf(folder).replace(/^aws_aws_/, 'aws_'), folder]));
  const schemaOf = (type: string): string => {
    const folder = known.get(type);
    const files = ['index.d.ts', 'index-structs/index.d.ts', 'index-structs/structs0.d.ts'];
    return files
      .map((file) => join(bindings, folder ?? '', file))
      .filter((file) => folder !== undefined && existsSync(file))
      .map((file) => readFileSync(file, 'utf8'))
      .join('');
  };
  const cache = new Map<string, string>();
  const schema = (type: string): string => {
    const found = cache.get(type) ?? schemaOf(type);
    cache.set(type, found);
    return found;
  };

  it.each(guards.flatMap((guard) => (guard.types === undefined ? [] : [[guard.text, guard] as const])))(
    'names types and attributes that the provider has: %s',
    (_, { types = [], attributes }) => {
      const matching = types.map((pattern) => [...known.keys()].filter((type) => matches(pattern, type)));
      expect(types.filter((_, index) => matching[index]!.length === 0)).toEqual([]);
      const unknown = attributes.filter((attribute) => {
        // The keys of a map are not in the schema.
        const last = attribute.split('.').pop()!.replace('[]', '').replace('account_ids', 'permissions');
        return !matching.flat().some((type) => schema(type).includes(`/docs/resources/${type.slice(4)}#${last} `));
      });
      expect(unknown).toEqual([]);
    },
  );

  it('name parts that the provider has', () => {
    expect(parts.flatMap(({ types }) => types).filter((type) => !known.has(type))).toEqual([]);
  });
});

describe('loss without a destroy', () => {
  it.each<Row>([
    [
      'aws_db_instance',
      { deletion_protection: true },
      { deletion_protection: null },
      'deletion protection is off (deletion_protection)',
    ],
    [
      'aws_rds_cluster',
      { deletion_protection: true },
      { deletion_protection: false },
      'deletion protection is off (deletion_protection)',
    ],
    [
      'aws_dynamodb_table',
      { deletion_protection_enabled: true },
      { deletion_protection_enabled: null },
      'deletion protection is off (deletion_protection_enabled)',
    ],
    [
      'aws_dynamodb_table',
      { replica: [{ region_name: 'a', deletion_protection_enabled: true }] },
      { replica: [{ region_name: 'b' }, { region_name: 'a', deletion_protection_enabled: false }] },
      'deletion protection is off (replica.deletion_protection_enabled)',
    ],
    [
      'aws_cognito_user_pool',
      { deletion_protection: 'ACTIVE' },
      { deletion_protection: 'INACTIVE' },
      'deletion protection is off (deletion_protection)',
    ],
    [
      'aws_lb',
      { enable_deletion_protection: true },
      { enable_deletion_protection: null },
      'deletion protection is off (enable_deletion_protection)',
    ],
    [
      'aws_instance',
      { disable_api_termination: true },
      { disable_api_termination: null },
      'protection against termination is off (disable_api_termination)',
    ],
    [
      'aws_emr_cluster',
      { termination_protection: true },
      { termination_protection: false },
      'protection against termination is off (termination_protection)',
    ],
    [
      'aws_cloudwatch_log_group',
      { retention_in_days: 0 },
      { retention_in_days: 30 },
      'log events older than 30 days are deleted: 0 → 30 (retention_in_days)',
    ],
    [
      'aws_cloudwatch_log_group',
      { retention_in_days: null },
      { retention_in_days: 30 },
      'log events older than 30 days are deleted: unset → 30 (retention_in_days)',
    ],
    [
      'aws_neptune_cluster',
      { backup_retention_period: 7 },
      { backup_retention_period: 1 },
      'backups are kept for fewer days (backup_retention_period)',
    ],
    [
      'aws_elasticache_replication_group',
      { snapshot_retention_limit: 5 },
      { snapshot_retention_limit: null },
      'backups are kept for fewer days: 5 → unset (snapshot_retention_limit)',
    ],
    [
      'aws_memorydb_cluster',
      { snapshot_retention_limit: 5 },
      { snapshot_retention_limit: 0 },
      'backups are kept for fewer days: 5 → 0 (snapshot_retention_limit)',
    ],
    [
      'aws_redshift_cluster',
      { automated_snapshot_retention_period: 7 },
      { automated_snapshot_retention_period: 0 },
      'backups are kept for fewer days: 7 → 0 (automated_snapshot_retention_period)',
    ],
    [
      'aws_redshift_cluster',
      { manual_snapshot_retention_period: -1 },
      { manual_snapshot_retention_period: 7 },
      'snapshots are kept for fewer days: -1 → 7 (manual_snapshot_retention_period)',
    ],
    [
      'aws_fsx_windows_file_system',
      { automatic_backup_retention_days: 7 },
      { automatic_backup_retention_days: 0 },
      'backups are kept for fewer days: 7 → 0 (automatic_backup_retention_days)',
    ],
    [
      'aws_efs_backup_policy',
      { backup_policy: [{ status: 'ENABLED' }] },
      { backup_policy: [{ status: 'DISABLED' }] },
      'the file system is no longer backed up (backup_policy.status)',
    ],
    [
      'aws_backup_plan',
      { rule: [{ rule_name: 'daily', lifecycle: [] }] },
      { rule: [{ rule_name: 'daily', lifecycle: [{ delete_after: 7 }] }] },
      'recovery points are deleted after 7 days: unset → 7 (rule.lifecycle.delete_after)',
    ],
    [
      'aws_dynamodb_table',
      { point_in_time_recovery: [{ enabled: true }] },
      { point_in_time_recovery: [] },
      'point-in-time recovery is off (point_in_time_recovery.enabled)',
    ],
    [
      'aws_keyspaces_table',
      { point_in_time_recovery: [{ status: 'ENABLED' }] },
      { point_in_time_recovery: [{ status: 'DISABLED' }] },
      'point-in-time recovery is off (point_in_time_recovery.status)',
    ],
    [
      'aws_dynamodb_table',
      { ttl: [{ enabled: false }] },
      { ttl: [{ enabled: true, attribute_name: 'x' }] },
      'items are deleted when their time is over (ttl.enabled)',
    ],
    [
      'aws_s3_bucket',
      { versioning: [{ enabled: true }] },
      { versioning: [{ enabled: false }] },
      'versioning of the bucket is off (versioning.enabled)',
    ],
    [
      'aws_s3_bucket_versioning',
      { versioning_configuration: [{ status: 'Enabled' }] },
      { versioning_configuration: [{ status: 'Suspended' }] },
      'versioning of the bucket is off (versioning_configuration.status)',
    ],
    [
      'aws_kms_replica_key',
      { enabled: true },
      { enabled: false },
      'the key is disabled: what it encrypts cannot be read (enabled)',
    ],
    [
      'aws_kms_key',
      { deletion_window_in_days: null },
      { deletion_window_in_days: 7 },
      'the waiting time before the key is deleted shrinks: unset → 7 days (deletion_window_in_days)',
    ],
    [
      'aws_secretsmanager_secret',
      { recovery_window_in_days: 30 },
      { recovery_window_in_days: 7 },
      'a deleted secret can be restored for fewer days: 30 → 7 (recovery_window_in_days)',
    ],
    [
      'aws_kinesis_stream',
      { retention_period: 168 },
      { retention_period: null },
      'records are deleted after unset hours: 168 → unset (retention_period)',
    ],
    [
      'aws_sqs_queue',
      { message_retention_seconds: 1209600 },
      { message_retention_seconds: 60 },
      'messages are deleted after 60 seconds: 1209600 → 60 (message_retention_seconds)',
    ],
    [
      'aws_timestreamwrite_table',
      { retention_properties: [{ magnetic_store_retention_period_in_days: 365 }] },
      { retention_properties: [{ magnetic_store_retention_period_in_days: 1 }] },
      'records are kept for less time: 365 → 1 (retention_properties.magnetic_store_retention_period_in_days)',
    ],
    [
      'aws_cloudtrail_event_data_store',
      { retention_period: 2555 },
      { retention_period: 7 },
      'events older than 7 days are deleted: 2555 → 7 (retention_period)',
    ],
    [
      'aws_ecr_repository',
      { force_delete: false },
      { force_delete: true },
      'can be destroyed with what is in it (force_delete)',
    ],
    [
      'aws_route53_zone',
      { force_destroy: false },
      { force_destroy: true },
      'can be destroyed with what is in it, protected or not (force_destroy)',
    ],
    [
      'aws_backup_vault',
      { force_destroy: null },
      { force_destroy: true },
      'can be destroyed with what is in it, protected or not (force_destroy)',
    ],
    [
      'aws_docdb_cluster',
      { skip_final_snapshot: null },
      { skip_final_snapshot: true },
      'from then on no final snapshot is taken when it is destroyed (skip_final_snapshot)',
    ],
    [
      'aws_fsx_lustre_file_system',
      { skip_final_backup: false },
      { skip_final_backup: true },
      'from then on no final backup is taken when it is destroyed (skip_final_backup)',
    ],
    [
      'aws_cloudwatch_log_group',
      { skip_destroy: true },
      { skip_destroy: false },
      'from then on it is deleted in AWS when it is destroyed here (skip_destroy)',
    ],
    [
      'aws_ecr_repository',
      { image_tag_mutability: 'IMMUTABLE' },
      { image_tag_mutability: 'MUTABLE' },
      'images can be overwritten: IMMUTABLE → MUTABLE (image_tag_mutability)',
    ],
    [
      'aws_launch_template',
      {
        block_device_mappings: [
          { device_name: '/dev/xvda', ebs: [{ delete_on_termination: 'false', encrypted: 'true' }] },
        ],
      },
      {
        block_device_mappings: [
          { device_name: '/dev/xvda', ebs: [{ delete_on_termination: 'true', encrypted: 'true' }] },
        ],
      },
      'the volume is deleted with its machine (block_device_mappings.ebs.delete_on_termination)',
    ],
  ])('%s %j → %j', (type, before, after, text) => {
    expect(findings(type, before, after)).toContain(`notice: ${text}`);
    expect(findings(type, after, before!)).not.toContainEqual(expect.stringContaining(text.split(':')[0]!));
    expect(findings(type, after, after)).toEqual([]);
  });

  it('is not what only AWS knows after apply', () => {
    const before = { backup_retention_period: 30, deletion_protection: true };
    const after_unknown = { backup_retention_period: true, deletion_protection: true };
    expect(findings('aws_db_instance', before, {}, { after_unknown })).toEqual([]);
    const nested = { point_in_time_recovery: [{ enabled: true }] };
    expect(
      findings(
        'aws_dynamodb_table',
        nested,
        { point_in_time_recovery: [{}] },
        { after_unknown: { point_in_time_recovery: [{ enabled: true }] } },
      ),
    ).toEqual([]);
  });
});

describe('insecure by a value or by omission, from the start', () => {
  it.each<[string, object, string]>([
    ['aws_rds_cluster', { storage_encrypted: null }, 'notice: encryption of the storage is off (storage_encrypted)'],
    ['aws_docdb_cluster', { storage_encrypted: null }, 'notice: encryption of the storage is off (storage_encrypted)'],
    [
      'aws_neptune_cluster',
      { storage_encrypted: false },
      'notice: encryption of the storage is off (storage_encrypted)',
    ],
    ['aws_ebs_volume', { encrypted: null }, 'notice: encryption is off (encrypted)'],
    ['aws_efs_file_system', { encrypted: null }, 'notice: encryption is off (encrypted)'],
    ['aws_redshift_cluster', { encrypted: 'false' }, 'notice: encryption is off (encrypted)'],
    [
      'aws_elasticache_replication_group',
      { at_rest_encryption_enabled: null, transit_encryption_enabled: 'true' },
      'notice: encryption at rest is off (at_rest_encryption_enabled)',
    ],
    [
      'aws_opensearch_domain',
      { encrypt_at_rest: [], node_to_node_encryption: [{ enabled: true }], vpc_options: [{}] },
      'notice: encryption at rest is off (encrypt_at_rest.enabled)',
    ],
    ['aws_kinesis_stream', { encryption_type: null }, 'notice: encryption of the stream is off (encryption_type)'],
    [
      'aws_sns_topic',
      { kms_master_key_id: null },
      'notice: messages of the topic are not encrypted at rest (kms_master_key_id)',
    ],
    [
      'aws_sqs_queue',
      { sqs_managed_sse_enabled: false, kms_master_key_id: null },
      'notice: messages of the queue are not encrypted at rest (sqs_managed_sse_enabled)',
    ],
    ['aws_lb', { internal: null }, 'notice: the load balancer faces the internet (internal)'],
    [
      'aws_launch_template',
      { block_device_mappings: [{ ebs: [{ encrypted: '' }] }] },
      'notice: encryption of a volume is left to the account, which encrypts nothing unless it is told to (block_device_mappings.ebs)',
    ],
    [
      'aws_instance',
      { root_block_device: [{ encrypted: false }] },
      'notice: encryption of the root volume is off (root_block_device.encrypted)',
    ],
    [
      'aws_instance',
      { metadata_options: [{ http_tokens: 'optional' }] },
      'notice: the instance answers IMDSv1 again (metadata_options.http_tokens)',
    ],
    ['aws_transfer_server', { endpoint_type: null }, 'notice: the server faces the internet (endpoint_type)'],
    [
      'aws_api_gateway_method',
      { authorization: 'NONE', http_method: 'GET' },
      'notice: anyone may call the method (authorization)',
    ],
    [
      'aws_cloudfront_distribution',
      { default_cache_behavior: [{ viewer_protocol_policy: 'allow-all' }] },
      'notice: answers HTTP without TLS (default_cache_behavior.viewer_protocol_policy)',
    ],
    [
      'aws_lb_listener',
      { ssl_policy: 'ELBSecurityPolicy-2016-08', protocol: 'HTTPS' },
      'notice: TLS older than 1.2 is accepted: ELBSecurityPolicy-2016-08 (ssl_policy)',
    ],
    [
      'aws_msk_cluster',
      { encryption_info: [{ encryption_in_transit: [{ client_broker: 'TLS_PLAINTEXT' }] }] },
      'notice: clients may connect without TLS: TLS_PLAINTEXT (encryption_info.encryption_in_transit.client_broker)',
    ],
    [
      'aws_msk_cluster',
      { broker_node_group_info: [{ connectivity_info: [{ public_access: [{ type: 'SERVICE_PROVIDED_EIPS' }] }] }] },
      'opening: brokers get public addresses (broker_node_group_info.connectivity_info.public_access.type)',
    ],
    [
      'aws_redshiftserverless_workgroup',
      { publicly_accessible: true },
      'opening: gets a public address (publicly_accessible)',
    ],
    [
      'aws_s3_access_point',
      { public_access_block_configuration: [{ block_public_policy: false }] },
      'opening: the public access block is off (public_access_block_configuration.block_public_policy)',
    ],
    ['aws_ami_launch_permission', { group: 'all' }, 'opening: is shared with every AWS account (group)'],
    [
      'aws_ssm_document',
      { permissions: { type: 'Share', account_ids: 'All' } },
      'opening: is shared with every AWS account (permissions.account_ids)',
    ],
    [
      'aws_vpc_endpoint_service',
      { allowed_principals: ['*'] },
      'opening: every AWS account may connect (allowed_principals)',
    ],
  ])('%s %j', (type, after, text) => {
    expect(findings(type, null, after)).toEqual([text]);
    expect(findings(type, after, after)).toEqual([]);
  });

  it.each<[string, object, object?]>([
    ['aws_db_instance', { storage_encrypted: null, replicate_source_db: 'other' }],
    ['aws_db_instance', { storage_encrypted: null, snapshot_identifier: 'other' }],
    ['aws_db_instance', {}, { storage_encrypted: true }],
    ['aws_redshift_cluster', { encrypted: null }],
    ['aws_sqs_queue', { sqs_managed_sse_enabled: null, kms_master_key_id: null }],
    ['aws_sns_topic', {}, { kms_master_key_id: true }],
    ['aws_lb', { internal: true }],
    ['aws_api_gateway_method', { authorization: 'NONE', http_method: 'OPTIONS' }],
    ['aws_lb_listener', { ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06', protocol: 'HTTPS' }],
    ['aws_lb_listener', { protocol: 'HTTP' }],
    ['aws_ecs_task_definition', { volume: [{ name: 'a', host_path: '/a' }] }],
  ])('is not %s %j', (type, after, ...[after_unknown = {}]) => {
    expect(findings(type, null, after, { after_unknown })).toEqual([]);
  });

  it('is what the source leaves out and AWS fills in', () => {
    const plan = planWith([{ type: 'aws_ebs_volume', after: {}, after_unknown: { encrypted: true } }], {
      configuration: { root_module: { resources: [{ address: 'aws_ebs_volume.it', expressions: { size: {} } }] } },
    });
    expect(findingsOf(plan.resource_changes[0]!, plan).map(({ text }) => text)).toEqual([
      'encryption is off (encrypted)',
    ]);
  });
});

describe('what guarded and does so less', () => {
  it.each<Row>([
    [
      'aws_instance',
      { ebs_block_device: [{ device_name: 'a', encrypted: true }] },
      { ebs_block_device: [{ device_name: 'a', encrypted: null }] },
      'encryption of a volume is off (ebs_block_device.encrypted)',
    ],
    [
      'aws_launch_template',
      { metadata_options: [{ http_tokens: 'required' }] },
      { metadata_options: [] },
      'the instance answers IMDSv1 again (metadata_options.http_tokens)',
    ],
    [
      'aws_backup_plan',
      { rule: [{ rule_name: 'a' }, { rule_name: 'b' }] },
      { rule: [{ rule_name: 'a' }] },
      'a rule that keeps copies is removed (rule)',
    ],
    [
      'aws_elasticache_replication_group',
      { auth_token: 'x' },
      { auth_token: null },
      'clients need not say who they are (auth_token)',
    ],
    [
      'aws_db_parameter_group',
      { parameter: [] },
      { parameter: [{ name: 'rds.force_ssl', value: '0' }] },
      'the database accepts connections without TLS (rds.force_ssl)',
    ],
    [
      'aws_iam_user',
      { permissions_boundary: 'arn:b' },
      { permissions_boundary: null },
      'the permissions boundary is removed (permissions_boundary)',
    ],
    [
      'aws_cloudfront_distribution',
      { viewer_certificate: [{ minimum_protocol_version: 'TLSv1.2_2021' }] },
      { viewer_certificate: [{ minimum_protocol_version: 'TLSv1_2016' }] },
      'an older TLS is accepted: TLSv1.2_2021 → TLSv1_2016 (viewer_certificate.minimum_protocol_version)',
    ],
    [
      'aws_opensearch_domain',
      { domain_endpoint_options: [{ tls_security_policy: 'Policy-Min-TLS-1-2-2019-07' }] },
      { domain_endpoint_options: [{ tls_security_policy: 'Policy-Min-TLS-1-0-2019-07' }] },
      'an older TLS is accepted: Policy-Min-TLS-1-2-2019-07 → Policy-Min-TLS-1-0-2019-07 (domain_endpoint_options.tls_security_policy)',
    ],
    [
      'aws_api_gateway_domain_name',
      { security_policy: 'TLS_1_2' },
      { security_policy: 'TLS_1_0' },
      'an older TLS is accepted: TLS_1_2 → TLS_1_0 (security_policy)',
    ],
    [
      'aws_transfer_server',
      { security_policy_name: 'TransferSecurityPolicy-2024-01' },
      { security_policy_name: 'TransferSecurityPolicy-2018-11' },
      'an older policy of ciphers: TransferSecurityPolicy-2024-01 → TransferSecurityPolicy-2018-11 (security_policy_name)',
    ],
    [
      'aws_db_instance',
      { kms_key_id: 'arn:k' },
      { kms_key_id: null },
      'no longer encrypted with a KMS key of the account (kms_key_id)',
    ],
    ['aws_ssm_parameter', { type: 'SecureString' }, { type: 'String' }, 'the parameter is no longer encrypted (type)'],
    [
      'aws_cognito_user_pool',
      { mfa_configuration: 'ON' },
      { mfa_configuration: 'OFF' },
      'users need no second factor any more: ON → OFF (mfa_configuration)',
    ],
    [
      'aws_cloudtrail',
      { is_multi_region_trail: true },
      { is_multi_region_trail: null },
      'the trail logs fewer regions or accounts (is_multi_region_trail)',
    ],
    [
      'aws_docdb_cluster_parameter_group',
      { parameter: [] },
      { parameter: [{ name: 'tls', value: 'disabled' }] },
      'the database accepts connections without TLS (tls)',
    ],
    [
      'aws_rds_cluster_parameter_group',
      { parameter: [{ name: 'require_secure_transport', value: 'ON' }] },
      { parameter: [] },
      'the database accepts connections without TLS (require_secure_transport)',
    ],
  ])('%s %j → %j', (type, before, after, text) => {
    expect(findings(type, before, after)).toEqual([`notice: ${text}`]);
    expect(findings(type, after, before!)).toEqual([]);
  });

  it.each([
    ['ELBSecurityPolicy-2016-08', 0],
    ['ELBSecurityPolicy-TLS-1-1-2017-01', 1],
    ['ELBSecurityPolicy-TLS13-1-2-Res-2021-06', 2],
    ['ELBSecurityPolicy-TLS13-1-3-2021-06', 3],
    ['TLSv1', 0],
    ['TLSv1.1_2016', 1],
    ['TLSv1.2_2021', 2],
    ['SSLv3', -1],
    ['IotSecurityPolicy_TLS12_1_0_2016_01', 0],
    ['IoTSecurityPolicy_TLS13_1_3_2022_10', 3],
    ['Policy-Min-TLS-1-2-PFS-2023-10', 2],
    ['SecurityPolicy_TLS13_1_3_2025_09', 3],
    ['something else', undefined],
  ])('%s takes TLS 1.%s', (policy, version) => {
    expect(oldestTls(policy)).toBe(version);
  });
});
