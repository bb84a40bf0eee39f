import type { ResourceChange } from '@mlflow-on-aws/plan';

type Values = Readonly<Record<string, unknown>>;

/** What is lost with a resource that holds state, by resource type. */
const losses: Readonly<Record<string, (values: Values) => string>> = {
  aws_db_instance: (values) =>
    values.replicate_source_db
      ? 'a read replica; its source keeps the data'
      : `every database on the instance: experiments, runs, metrics, models${databaseRest(values)}`,
  aws_rds_cluster: (values) => `every database of the cluster${databaseRest(values)}`,
  aws_rds_cluster_instance: () => 'an instance of the cluster; the cluster keeps the data',
  aws_rds_global_cluster: () => 'the global cluster',
  aws_docdb_cluster: (values) => `every database of the cluster${databaseRest(values)}`,
  aws_neptune_cluster: (values) => `every graph of the cluster${databaseRest(values)}`,
  aws_redshift_cluster: (values) => `every database of the cluster${databaseRest(values)}`,
  aws_db_snapshot: () => 'a snapshot of the database',
  aws_db_cluster_snapshot: () => 'a snapshot of the cluster',
  aws_s3_bucket: (values) =>
    values.force_destroy === true
      ? 'every object and every version in the bucket (force_destroy is on)'
      : 'the bucket and what is in it; AWS refuses as long as objects are left (force_destroy is off)',
  aws_s3_directory_bucket: () => 'every object in the bucket',
  aws_s3tables_table: () => 'the table',
  aws_dynamodb_table: () => 'every item of the table',
  aws_ebs_volume: () => 'everything on the volume',
  aws_ebs_snapshot: () => 'a snapshot of the volume',
  aws_efs_file_system: () => 'every file',
  aws_fsx_lustre_file_system: () => 'every file',
  aws_fsx_ontap_file_system: () => 'every file',
  aws_fsx_openzfs_file_system: () => 'every file',
  aws_fsx_windows_file_system: () => 'every file',
  aws_elasticache_cluster: () => 'everything in the cache',
  aws_elasticache_replication_group: () => 'everything in the cache',
  aws_memorydb_cluster: () => 'everything in the database',
  aws_opensearch_domain: () => 'every index of the domain',
  aws_elasticsearch_domain: () => 'every index of the domain',
  aws_kinesis_stream: () => 'records that nobody read yet',
  aws_sqs_queue: () => 'messages that nobody read yet',
  aws_msk_cluster: () => 'every topic of the cluster',
  aws_mq_broker: () => 'messages that nobody read yet',
  aws_kms_key: (values) =>
    `everything encrypted with the key, once its waiting time of ${values.deletion_window_in_days ?? 30} days is over`,
  aws_kms_replica_key: () => 'everything encrypted with the key in this region',
  aws_secretsmanager_secret: (values) =>
    values.recovery_window_in_days === 0 ? 'the secret, at once' : 'the secret, after its recovery window',
  aws_backup_vault: () => 'every recovery point in the vault',
  aws_ecr_repository: () => 'every image of the repository',
  aws_cloudwatch_log_group: () => 'every log event of the group',
  aws_route53_zone: () => 'every record of the zone, and its name servers',
  aws_cognito_user_pool: () => 'every user of the pool',
};

function databaseRest(values: Values): string {
  const snapshot = values.skip_final_snapshot === true ? '; no final snapshot is taken' : '; a final snapshot is taken';
  return snapshot + (values.delete_automated_backups === true ? ', automated backups go with it' : '');
}

/** What is lost when the resource that a change is about ends; nothing for one that holds no state. */
export function lossOf({ type, change, deposed }: ResourceChange): string | undefined {
  const loss = losses[type]?.((change.before ?? {}) as Values);
  return loss === undefined || deposed === undefined ? loss : `a left-over copy (deposed ${deposed}): ${loss}`;
}
