import { type Guard, off, on, onByDefault, onOrElsewhere, present, ranked } from './guard';

const encryption = (guard: Omit<Guard, 'kind'>): Guard => ({ kind: 'encryption', ...guard });

/** A copy is encrypted as its source is. */
const copied = [
  'replicate_source_db',
  'snapshot_identifier',
  'snapshot_id',
  'snapshot_arn',
  'snapshot_cluster_identifier',
  'restore_to_point_in_time',
  'global_cluster_identifier',
  'replication_source_identifier',
  'source_db_cluster_identifier',
];

/** What is stored unencrypted, by a value or because nothing is said and AWS's default is unencrypted. */
export const encryptionGuards: readonly Guard[] = [
  encryption({
    types: ['aws_db_instance', 'aws_rds_cluster', 'aws_docdb_cluster', 'aws_neptune_cluster', 'aws_*_global_cluster'],
    attributes: ['storage_encrypted'],
    strength: on,
    atStart: true,
    unless: copied,
    text: 'encryption of the storage is off',
  }),
  encryption({
    types: [
      'aws_ebs_volume',
      'aws_efs_file_system',
      'aws_ebs_snapshot_copy',
      'aws_ebs_snapshot_import',
      'aws_ami_copy',
    ],
    attributes: ['encrypted'],
    strength: on,
    atStart: true,
    unless: [...copied, 'kms_key_id'],
    text: 'encryption is off',
  }),
  encryption({
    types: ['aws_redshift_cluster'],
    attributes: ['encrypted'],
    // AWS encrypts a new cluster where nothing is said, since January 2025.
    strength: onByDefault,
    atStart: true,
    text: 'encryption is off',
  }),
  encryption({
    types: ['aws_instance', 'aws_launch_configuration', 'aws_spot_instance_request'],
    attributes: ['root_block_device.encrypted'],
    // Where nothing is said, the image decides.
    strength: onOrElsewhere,
    atStart: true,
    text: 'encryption of the root volume is off',
  }),
  encryption({
    types: ['aws_instance', 'aws_launch_*', 'aws_spot_*', 'aws_ami', 'aws_imagebuilder_*', 'aws_ecs_service'],
    attributes: [
      'ebs_block_device[].encrypted',
      'block_device_mappings[].ebs.encrypted',
      'block_device_mapping[].ebs.encrypted',
      'instance_configuration.block_device_mapping[].ebs.encrypted',
      'launch_specification[].root_block_device.encrypted',
      'launch_specification[].ebs_block_device[].encrypted',
      'volume_configuration.managed_ebs_volume.encrypted',
    ],
    strength: onOrElsewhere,
    atStart: true,
    text: 'encryption of a volume is off',
  }),
  encryption({
    types: ['aws_launch_template'],
    attributes: ['block_device_mappings[].ebs'],
    strength: {
      worse: 'a volume that does not say encrypted, nor names a snapshot or a key',
      of: (value) => {
        const block = (Array.isArray(value) ? value[0] : value) as Record<string, unknown> | null | undefined;
        if (block === null || block === undefined) return undefined;
        const isSaid = ['encrypted', 'kms_key_id', 'snapshot_id'].some(
          (key) => !['', null, undefined].includes(block[key] as string),
        );
        return isSaid ? 1 : 0;
      },
    },
    atStart: true,
    text: 'encryption of a volume is left to the account, which encrypts nothing unless it is told to',
  }),
  encryption({
    types: ['aws_elasticache_replication_group', 'aws_appsync_api_cache'],
    attributes: ['at_rest_encryption_enabled'],
    strength: on,
    atStart: true,
    unless: ['global_replication_group_id'],
    text: 'encryption at rest is off',
  }),
  encryption({
    types: ['aws_opensearch_domain', 'aws_elasticsearch_domain'],
    attributes: ['encrypt_at_rest.enabled'],
    strength: on,
    atStart: true,
    text: 'encryption at rest is off',
  }),
  encryption({
    types: ['aws_dax_cluster', 'aws_kinesis_firehose_delivery_stream'],
    attributes: ['server_side_encryption.enabled'],
    strength: on,
    atStart: true,
    unless: ['kinesis_source_configuration', 'msk_source_configuration'],
    text: 'encryption at rest is off',
  }),
  encryption({
    types: ['aws_dynamodb_table'],
    attributes: ['server_side_encryption.enabled'],
    strength: on,
    text: 'the table is no longer encrypted with a KMS key of the account, but with one of AWS',
  }),
  encryption({
    types: ['aws_emr_cluster'],
    attributes: ['security_configuration'],
    strength: present,
    atStart: true,
    text: 'encryption of the cluster is not set up',
  }),
  encryption({
    types: ['aws_kinesis_stream'],
    attributes: ['encryption_type'],
    strength: ranked('NONE', 'NONE', 'KMS'),
    atStart: true,
    text: 'encryption of the stream is off',
  }),
  encryption({
    types: ['aws_sns_topic'],
    attributes: ['kms_master_key_id'],
    strength: present,
    atStart: true,
    text: 'messages of the topic are not encrypted at rest',
  }),
  encryption({
    types: ['aws_sqs_queue'],
    attributes: ['sqs_managed_sse_enabled'],
    strength: onByDefault,
    atStart: true,
    unless: ['kms_master_key_id'],
    text: 'messages of the queue are not encrypted at rest',
  }),
  encryption({
    types: ['aws_workspaces_workspace'],
    attributes: ['root_volume_encryption_enabled', 'user_volume_encryption_enabled'],
    strength: on,
    atStart: true,
    text: 'encryption of the volume is off',
  }),
  encryption({
    types: ['aws_codebuild_project', 'aws_codebuild_report_group'],
    attributes: [
      'artifacts.encryption_disabled',
      'secondary_artifacts[].encryption_disabled',
      'logs_config.s3_logs.encryption_disabled',
      'export_config.s3_destination.encryption_disabled',
    ],
    strength: off,
    atStart: true,
    text: 'encryption of what the build writes is off',
  }),
  encryption({
    types: ['aws_glue_security_configuration'],
    attributes: [
      'encryption_configuration.cloudwatch_encryption.cloudwatch_encryption_mode',
      'encryption_configuration.job_bookmarks_encryption.job_bookmarks_encryption_mode',
      'encryption_configuration.s3_encryption.s3_encryption_mode',
    ],
    strength: ranked('DISABLED', 'DISABLED', /./),
    atStart: true,
    text: 'encryption is off',
  }),
  encryption({
    types: ['aws_glue_data_catalog_encryption_settings'],
    attributes: ['data_catalog_encryption_settings.encryption_at_rest.catalog_encryption_mode'],
    strength: ranked('DISABLED', 'DISABLED', /./),
    atStart: true,
    text: 'encryption of the catalog is off',
  }),
  encryption({
    types: ['aws_glue_data_catalog_encryption_settings'],
    attributes: [
      'data_catalog_encryption_settings.connection_password_encryption.return_connection_password_encrypted',
    ],
    strength: on,
    atStart: true,
    text: 'passwords of connections are returned in clear',
  }),
  encryption({
    types: ['aws_api_gateway_method_settings'],
    attributes: ['settings.cache_data_encrypted'],
    strength: on,
    text: 'encryption of cached answers is off',
  }),
  encryption({
    types: ['aws_dlm_lifecycle_policy'],
    attributes: [
      'policy_details.schedule[].cross_region_copy_rule[].encrypted',
      'policy_details.action.cross_region_copy[].encryption_configuration.encrypted',
    ],
    strength: on,
    atStart: true,
    text: 'encryption of copied snapshots is off',
  }),
  encryption({
    types: ['aws_ssm_parameter'],
    attributes: ['type'],
    strength: ranked('String', /^String(List)?$/, 'SecureString'),
    text: 'the parameter is no longer encrypted',
  }),
  encryption({
    types: ['aws_s3_bucket_server_side_encryption_configuration', 'aws_s3_bucket'],
    attributes: [
      'rule.apply_server_side_encryption_by_default.sse_algorithm',
      'server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.sse_algorithm',
    ],
    strength: ranked('AES256', 'AES256', /^aws:kms/),
    text: 'objects are encrypted with a key of S3, no longer of KMS',
  }),
  encryption({
    types: ['aws_ebs_encryption_by_default'],
    attributes: ['enabled'],
    strength: onByDefault,
    atStart: true,
    text: 'new volumes of the account are not encrypted',
  }),
  encryption({
    types: ['aws_eks_cluster'],
    attributes: ['encryption_config.resources', 'encryption_config.provider.key_arn'],
    strength: present,
    text: 'secrets of the cluster are no longer encrypted with a key of the account',
  }),
  encryption({
    types: ['aws_storagegateway_*'],
    attributes: ['kms_encrypted'],
    strength: on,
    text: 'no longer encrypted with a KMS key of the account',
  }),
  encryption({
    attributes: ['kms_key_id', 'kms_key_arn', 'kms_key', 'encryption_key', 'encryption_key_arn', 'kms_encryption_key'],
    strength: present,
    text: 'no longer encrypted with a KMS key of the account',
  }),
  encryption({ attributes: ['enable_key_rotation'], strength: on, text: 'the key is no longer rotated' }),
  encryption({
    types: ['aws_ecr_repository', 'aws_ecr_repository_creation_template'],
    attributes: ['encryption_configuration.encryption_type'],
    strength: ranked('AES256', 'AES256', /^KMS/),
    text: 'images are encrypted with a key of ECR, no longer of KMS',
  }),
  encryption({
    types: ['aws_drs_replication_configuration_template'],
    attributes: ['ebs_encryption'],
    strength: ranked('DEFAULT', 'NONE', /./),
    atStart: true,
    text: 'encryption of volumes is off',
  }),
  encryption({
    types: ['aws_msk_cluster'],
    attributes: ['encryption_info.encryption_at_rest_kms_key_arn'],
    strength: present,
    text: 'no longer encrypted with a KMS key of the account',
  }),
  encryption({
    types: ['aws_ecs_cluster'],
    attributes: [
      'configuration.execute_command_configuration.log_configuration.cloud_watch_encryption_enabled',
      'configuration.execute_command_configuration.log_configuration.s3_bucket_encryption_enabled',
    ],
    strength: on,
    text: 'encryption of the logs of commands is off',
  }),
  encryption({
    types: ['aws_athena_workgroup'],
    attributes: [
      'configuration.result_configuration.encryption_configuration',
      'configuration.enforce_workgroup_configuration',
    ],
    strength: {
      worse: 'absent or off',
      of: (value) => (value === false ? 0 : Array.isArray(value) ? present.of(value) : 1),
    },
    text: 'results of queries may be stored as the caller likes',
  }),
  encryption({
    types: ['aws_chime_voice_connector'],
    attributes: ['require_encryption'],
    strength: on,
    atStart: true,
    text: 'calls need not be encrypted',
  }),
];
