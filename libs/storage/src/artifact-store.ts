import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { policyDocument } from '@mlflow-on-aws/foundation';
import { PrivateBucket } from './private-bucket';

/** The artifact store: a private bucket, and the rights of a tracking server in it. */
export class ArtifactStore extends PrivateBucket {
  /** First part of every artifact's key; what else is in the bucket stays out of the server's reach. */
  public readonly artifactPrefix = 'artifacts';

  /** Lets a role read, write and delete artifacts, and nothing else in the bucket. */
  public grantArtifacts(roleName: string): IamRolePolicy {
    const objects = `${this.bucketArn}/${this.artifactPrefix}/*`;
    return new IamRolePolicy(this, 'artifacts', {
      name: 'artifacts',
      role: roleName,
      policy: policyDocument(
        {
          Sid: 'Artifacts',
          Action: [
            's3:GetObject',
            's3:PutObject',
            's3:DeleteObject',
            's3:AbortMultipartUpload',
            's3:ListMultipartUploadParts',
          ],
          Resource: objects,
        },
        {
          Sid: 'ListArtifacts',
          Action: 's3:ListBucket',
          Resource: this.bucketArn,
          Condition: { StringLike: { 's3:prefix': [this.artifactPrefix, `${this.artifactPrefix}/*`] } },
        },
        ...(this.kmsKeyArn === undefined
          ? []
          : [{ Sid: 'ArtifactKey', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: this.kmsKeyArn }]),
      ),
    });
  }
}
