import { planWith } from '../../testing/plans';
import { fateOf, statefulTypes } from '.';

const fate = (type: string, before: object = {}, more: object = {}): ReturnType<typeof fateOf> =>
  fateOf(planWith([{ type, before, ...more }]).resource_changes[0]!);

describe('stateful types', () => {
  it('have a source, a day and a reason', () => {
    for (const { name, version, date } of statefulTypes.sources)
      expect([name, version, date]).toEqual([
        expect.any(String),
        expect.any(String),
        expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      ]);
    const types = [...Object.keys(statefulTypes.lost), ...Object.keys(statefulTypes.perhaps)].sort();
    expect(Object.keys(statefulTypes.because)).toEqual(types);
    expect(new Set([...types, ...statefulTypes.nothing]).size).toBe(types.length + statefulTypes.nothing.length);
  });

  it.each(Object.entries(statefulTypes.lost))('%s: %s', (type) => {
    expect(fate(type)).toEqual({ loss: expect.stringMatching(/./), notices: [] });
  });

  it.each([
    ['aws_ssm_parameter', {}, 'what may be lost: the value of the parameter and its history'],
    [
      'google_sql_database_instance',
      {},
      'it may hold data that is lost: google_sql_database_instance is not among the types judged, and its name says so',
    ],
    [
      'aws_new_archive',
      {},
      'it may hold data that is lost: aws_new_archive is not among the types judged, and its name says so',
    ],
    [
      'aws_new_thing',
      { deletion_protection: false },
      'it may hold data that is lost: aws_new_thing is not among the types judged, and deletion_protection says so',
    ],
  ])('%s is a doubt', (type, before, text) => {
    expect(fate(type, before)).toEqual({ notices: [text] });
  });

  it.each(['aws_instance', 'aws_route_table', 'aws_ecs_cluster', 'aws_iam_role', 'null_resource'])(
    '%s is none',
    (type) => {
      expect(fate(type)).toEqual({ notices: [] });
    },
  );
});

describe('what is kept', () => {
  it.each<[string, object]>([
    ['aws_cloudwatch_log_group', { skip_destroy: true }],
    ['aws_ebs_volume', { final_snapshot: true }],
    ['aws_ecr_repository', { force_delete: false }],
    ['aws_ecrpublic_repository', { force_destroy: false }],
    ['aws_backup_vault', { force_destroy: false }],
    ['aws_s3_object', { source: 'bundle.tar.gz' }],
    ['aws_s3_bucket_object', { content: 'text' }],
    ['aws_sagemaker_domain', { retention_policy: [{ home_efs_file_system: 'Retain' }] }],
    ['aws_organizations_account', { close_on_deletion: false }],
  ])('%s %j is no loss', (type, before) => {
    expect(fate(type, before)).toEqual({ notices: [expect.stringMatching(/^nothing that is stored is lost: /)] });
  });

  it.each<[string, object, string]>([
    ['aws_s3_object', { source: null, content: '' }, 'the object'],
    ['aws_ecr_repository', { force_delete: true }, 'every image of the repository'],
    ['aws_ebs_volume', { final_snapshot: false }, 'everything on the volume'],
    ['aws_db_instance', { skip_final_snapshot: true }, 'every database on the instance; no final snapshot is taken'],
    [
      'aws_db_instance',
      { skip_final_snapshot: true, delete_automated_backups: true },
      'every database on the instance; no final snapshot is taken, automated backups go with it',
    ],
    [
      'aws_rds_cluster',
      { skip_final_snapshot: false, final_snapshot_identifier: 'last' },
      'nothing that is stored: the final snapshot last keeps every database of the cluster',
    ],
    [
      'aws_docdb_cluster',
      { skip_final_snapshot: false, final_snapshot_identifier: null },
      'every database of the cluster; the apply will fail: final_snapshot_identifier is not set, so no final snapshot can be taken',
    ],
    [
      'aws_redshift_cluster',
      { skip_final_snapshot: false },
      'every database of the cluster; the apply will fail: final_snapshot_identifier is not set, so no final snapshot can be taken',
    ],
    [
      'aws_lightsail_database',
      { skip_final_snapshot: false },
      'every database on the instance; the apply will fail: final_snapshot_name is not set, so no final snapshot can be taken',
    ],
    [
      'aws_memorydb_cluster',
      { final_snapshot_name: 'last' },
      'nothing that is stored: the final snapshot last keeps everything in the database',
    ],
    [
      'aws_elasticache_replication_group',
      { final_snapshot_identifier: null },
      'everything in the cache; no final snapshot is taken',
    ],
    [
      'aws_fsx_openzfs_file_system',
      { skip_final_backup: false },
      'nothing that is stored: a final backup keeps every file',
    ],
    ['aws_fsx_openzfs_file_system', { skip_final_backup: true }, 'every file; no final backup is taken'],
    ['aws_db_instance', { replicate_source_db: 'a' }, 'a read replica; its source keeps the data'],
    [
      'aws_dynamodb_table',
      { deletion_protection_enabled: true },
      'every item of the table; the apply will fail: deletion_protection_enabled is on',
    ],
    ['aws_secretsmanager_secret', { recovery_window_in_days: 0 }, 'the secret, at once'],
    [
      'aws_kms_key',
      { deletion_window_in_days: 7 },
      'everything encrypted with the key, once its waiting time of 7 days is over',
    ],
  ])('%s %j', (type, before, loss) => {
    expect(fate(type, before)).toEqual({ loss, notices: [] });
  });
});
