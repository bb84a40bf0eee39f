import { grantee, statements, Template } from '@mlflow-on-aws/testing';
import { StorageKey, type StorageKeyProps } from './storage-key';
import { ArtifactStore } from './artifact-store';
import type { PrivateBucketProps } from './private-bucket';

const server = grantee('server');

const store = (more: Partial<PrivateBucketProps> = {}, use: (store: ArtifactStore) => void = () => undefined) =>
  Template.of((stack) =>
    use(
      new ArtifactStore(stack, 'store', {
        name: { prefix: 'mlflow-artifacts-remote-dev-' },
        noncurrentVersionDays: 30,
        ...more,
      }),
    ),
  );

describe('StorageKey', () => {
  const key = (more: Partial<StorageKeyProps>) =>
    statements(
      Template.of((stack) => {
        new StorageKey(stack, 'key', { description: 'artifacts', accountId: '123456789012', ...more });
      }).resource('aws_kms_key').policy,
    );

  it('is the account’s, and of those log groups that are named', () => {
    expect(key({}).map(({ Sid }) => Sid)).toEqual(['AccountPolicies']);
    const arns = ['arn:aws:logs:eu-west-1:123456789012:log-group:/prod-mlflow/server'];
    expect(key({ logGroups: { region: 'eu-west-1', arns } })[1]).toMatchObject({
      Principal: { Service: 'logs.eu-west-1.amazonaws.com' },
      Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': arns } },
    });
  });
});

describe('ArtifactStore', () => {
  it('is private', () => {
    expect(store().resource('aws_s3_bucket_public_access_block')).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(store().resource('aws_s3_bucket_ownership_controls').rule).toEqual({
      object_ownership: 'BucketOwnerEnforced',
    });
  });

  it('is versioned, and forgets old versions and unfinished uploads after a time', () => {
    expect(store().resource('aws_s3_bucket_versioning').versioning_configuration).toEqual({ status: 'Enabled' });
    expect(store().resource('aws_s3_bucket_lifecycle_configuration').rule).toEqual([
      expect.objectContaining({ noncurrent_version_expiration: [{ noncurrent_days: 30 }] }),
      expect.objectContaining({ abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }] }),
    ]);
  });

  it('answers over TLS only', () => {
    expect(statements(store().resource('aws_s3_bucket_policy').policy)).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ]);
  });

  it('is encrypted with keys of S3, or with the key given', () => {
    const rule = (template: Template) => template.resource('aws_s3_bucket_server_side_encryption_configuration').rule;
    expect(rule(store())).toEqual([
      expect.objectContaining({ apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }),
    ]);
    expect(rule(store({ kmsKeyArn: 'arn:aws:kms:key' }))).toEqual([
      {
        apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms', kms_master_key_id: 'arn:aws:kms:key' },
        bucket_key_enabled: true,
        // What new buckets have anyway: unsaid, it would be a change in every plan.
        blocked_encryption_types: ['SSE-C'],
      },
    ]);
  });

  it('keeps its objects at destroy unless told otherwise, and refuses destroy when protected', () => {
    expect(store().resource('aws_s3_bucket')).toMatchObject({
      bucket_prefix: 'mlflow-artifacts-remote-dev-',
      force_destroy: false,
    });
    expect(store().resource('aws_s3_bucket')).not.toHaveProperty('lifecycle');
    expect(store({ forceDestroy: true }).resource('aws_s3_bucket').force_destroy).toBe(true);
    expect(store({ protect: true }).resource('aws_s3_bucket').lifecycle).toEqual({ prevent_destroy: true });
  });

  it('grants artifacts and nothing else in the bucket', () => {
    const template = store({}, (artifacts) => artifacts.grantArtifacts(server));
    const [objects, list] = statements(template.resource('aws_iam_role_policy').policy);
    expect(objects?.Resource).toEqual([expect.stringMatching(/\/artifacts\/\*$/)]);
    expect(objects?.Action).not.toContain('s3:*');
    expect(list?.Condition).toEqual({ StringLike: { 's3:prefix': ['artifacts', 'artifacts/*'] } });
  });

  it('grants the traces that left the database only where they may leave it', () => {
    const template = store({}, (artifacts) => artifacts.grantArtifacts(server, { traceArchive: true }));
    const [objects, list] = statements(template.resource('aws_iam_role_policy').policy);
    expect(objects?.Resource).toContainEqual(expect.stringMatching(/\/archived-traces\/\*$/));
    expect(list?.Condition).toMatchObject({
      StringLike: { 's3:prefix': expect.arrayContaining(['archived-traces', 'archived-traces/*']) },
    });
  });

  it('tells what a client with keys of its own needs: artifacts and the key, without deleting', () => {
    let policy = '';
    store({ kmsKeyArn: 'arn:aws:kms:key' }, (artifacts) => (policy = artifacts.clientPolicy()));
    const [objects, , key] = JSON.parse(policy).Statement;
    expect(objects.Action).toEqual(expect.arrayContaining(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload']));
    expect(objects.Action).not.toContain('s3:DeleteObject');
    expect(objects.Resource).toEqual([expect.stringMatching(/\/artifacts\/\*$/)]);
    expect(key.Resource).toBe('arn:aws:kms:key');
  });

  it('grants the use of the key with the artifacts', () => {
    const template = store({ kmsKeyArn: 'arn:aws:kms:key' }, (artifacts) => artifacts.grantArtifacts(server));
    expect(statements(template.resource('aws_iam_role_policy').policy)).toContainEqual(
      expect.objectContaining({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: 'arn:aws:kms:key' }),
    );
  });
});
