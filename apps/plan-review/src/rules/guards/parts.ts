import { matches } from '../policies/match';

/** What removing a resource of a type takes away from something that stays. */
export interface Part {
  readonly types: readonly string[];
  readonly text: string;
  /** Whether the change needs an exception. */
  readonly refused?: true;
}

/** Resources that only guard another one. */
export const parts: readonly Part[] = [
  {
    types: ['aws_s3_bucket_public_access_block', 'aws_s3_account_public_access_block'],
    text: 'the public access block is removed',
    refused: true,
  },
  {
    types: [
      'aws_ebs_snapshot_block_public_access',
      'aws_ec2_image_block_public_access',
      'aws_emr_block_public_access_configuration',
    ],
    text: 'may be shared with everybody: the block is removed',
    refused: true,
  },
  { types: ['aws_vpc_block_public_access_options'], text: 'the internet is no longer blocked' },
  {
    types: ['aws_s3_bucket_server_side_encryption_configuration'],
    text: "the bucket's own encryption is removed",
  },
  { types: ['aws_s3_bucket_versioning'], text: "the bucket's versioning is removed" },
  { types: ['aws_s3_bucket_policy'], text: 'the bucket policy is removed, and what it denied with it' },
  { types: ['aws_s3_bucket_logging'], text: 'access to the bucket is no longer logged' },
  { types: ['aws_s3_bucket_replication_configuration'], text: 'objects are no longer copied elsewhere' },
  { types: ['aws_s3_bucket_object_lock_configuration'], text: "the bucket's object lock is removed" },
  { types: ['aws_s3_bucket_ownership_controls'], text: 'access control lists count again' },
  { types: ['aws_backup_plan'], text: 'the backup plan is removed' },
  { types: ['aws_backup_selection'], text: 'resources are no longer backed up' },
  { types: ['aws_efs_backup_policy', 'aws_dlm_lifecycle_policy'], text: 'is no longer backed up' },
  {
    types: ['aws_efs_replication_configuration', 'aws_redshift_snapshot_copy', 'aws_ecr_replication_configuration'],
    text: 'is no longer copied elsewhere',
  },
  { types: ['aws_backup_vault_lock_configuration', 'aws_glacier_vault_lock'], text: 'recovery points can be deleted' },
  { types: ['aws_rbin_rule'], text: 'what is deleted cannot be restored any more' },
  {
    types: [
      'aws_backup_vault_policy',
      'aws_sns_topic_policy',
      'aws_sqs_queue_policy',
      'aws_ecr_repository_policy',
      'aws_kms_key_policy',
      'aws_secretsmanager_secret_policy',
      'aws_efs_file_system_policy',
      'aws_opensearch_domain_policy',
      'aws_elasticsearch_domain_policy',
      'aws_api_gateway_rest_api_policy',
      'aws_vpc_endpoint_policy',
      'aws_dynamodb_resource_policy',
      'aws_kinesis_resource_policy',
      'aws_s3control_access_point_policy',
      'aws_glue_resource_policy',
      'aws_organizations_policy_attachment',
    ],
    text: 'the policy is removed, and what it denied with it',
  },
  { types: ['aws_ebs_encryption_by_default'], text: 'new volumes of the account are not encrypted' },
  { types: ['aws_cloudtrail'], text: 'the trail is removed' },
  { types: ['aws_flow_log'], text: 'network traffic is no longer logged' },
  {
    types: ['aws_config_configuration_recorder', 'aws_config_configuration_recorder_status'],
    text: 'changes are no longer recorded',
  },
  {
    types: [
      'aws_guardduty_detector',
      'aws_securityhub_account',
      'aws_macie2_account',
      'aws_inspector2_enabler',
      'aws_accessanalyzer_analyzer',
      'aws_detective_graph',
    ],
    text: 'threat detection is removed',
  },
  {
    types: ['aws_wafv2_web_acl_association', 'aws_wafregional_web_acl_association'],
    text: 'the firewall is taken off',
  },
  {
    types: [
      'aws_wafv2_web_acl_logging_configuration',
      'aws_redshift_logging',
      'aws_route53_query_log',
      'aws_rds_cluster_activity_stream',
    ],
    text: 'access is no longer logged',
  },
  {
    types: ['aws_shield_protection', 'aws_networkfirewall_firewall'],
    text: 'the protection of the network is removed',
  },
  { types: ['aws_secretsmanager_secret_rotation'], text: 'the secret is no longer rotated' },
  { types: ['aws_ssoadmin_permissions_boundary_attachment'], text: 'the permissions boundary is removed' },
  { types: ['aws_iam_account_password_policy'], text: 'passwords follow no rule of the account any more' },
];

/** What a resource that goes took care of. */
export function partOf(type: string): Part | undefined {
  return parts.find(({ types }) => types.some((pattern) => matches(pattern, type)));
}
