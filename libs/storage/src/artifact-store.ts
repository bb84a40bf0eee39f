import type { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { grantTo, policyDocument, type Grantee, type PolicyStatement } from '@mlflow-on-aws/foundation';
import { PrivateBucket } from './private-bucket';

/** The artifact store: a private bucket, and the rights of a tracking server in it. */
export class ArtifactStore extends PrivateBucket {
  /** First part of every artifact's key; what else is in the bucket stays out of the server's reach. */
  public readonly artifactPrefix = 'artifacts';

  /** First part of the key of every trace that left the database: outside of the artifacts, which servers pass on by their paths. */
  public readonly traceArchivePrefix = 'archived-traces';

  /**
   * Lets a role read, write and delete artifacts, and nothing else in the bucket.
   * @param options.traceArchive whether traces that left the database are among them
   */
  public grantArtifacts(role: Grantee, { traceArchive = false } = {}): IamRolePolicy {
    const prefixes = [this.artifactPrefix, ...(traceArchive ? [this.traceArchivePrefix] : [])];
    return grantTo(this, role, {
      id: 'artifacts',
      name: 'artifacts',
      statements: this.statements(prefixes, 's3:DeleteObject'),
    });
  }

  /** The IAM policy that a client needs which logs and reads artifacts with AWS keys of its own; deleting is the server's. */
  public clientPolicy(): string {
    return policyDocument(...this.statements([this.artifactPrefix]));
  }

  private statements(prefixes: readonly string[], ...more: readonly string[]): PolicyStatement[] {
    return [
      {
        Sid: 'Artifacts',
        Action: [
          's3:GetObject',
          's3:PutObject',
          ...more,
          // Source: Amazon S3 user guide, "Multipart upload API and permissions".
          's3:AbortMultipartUpload',
          's3:ListMultipartUploadParts',
        ],
        Resource: prefixes.map((prefix) => `${this.bucketArn}/${prefix}/*`),
      },
      {
        Sid: 'ListArtifacts',
        Action: 's3:ListBucket',
        Resource: this.bucketArn,
        Condition: { StringLike: { 's3:prefix': prefixes.flatMap((prefix) => [prefix, `${prefix}/*`]) } },
      },
      // Decrypt even to write: S3 reads the parts of a multipart upload again when it joins them.
      ...(this.kmsKeyArn === undefined
        ? []
        : [{ Sid: 'ArtifactKey', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: this.kmsKeyArn }]),
    ];
  }
}
