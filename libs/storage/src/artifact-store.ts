import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { denyWithoutTls, policyDocument, type ArtifactStoreBucket } from '@mlflow-on-aws/foundation';
import { Construct } from 'constructs';

/** How an artifact store is kept. */
export interface ArtifactStoreProps {
  /** Beginning of the bucket's name; AWS makes it globally unique. At most 37 characters. */
  readonly bucketPrefix: string;
  /** Days after which replaced or deleted versions of an artifact are really gone. */
  readonly noncurrentVersionDays: number;
  /**
   * KMS key for the objects.
   * @default - keys that S3 manages (SSE-S3)
   */
  readonly kmsKeyArn?: string;
  /**
   * Let `destroy` delete the bucket with the artifacts in it.
   * @default false
   */
  readonly forceDestroy?: boolean;
  /**
   * Refuse every plan that would destroy the bucket.
   * @default false
   */
  readonly protect?: boolean;
}

/** The artifact store: a private, versioned, encrypted S3 bucket that answers over TLS only. */
export class ArtifactStore extends Construct implements ArtifactStoreBucket {
  public readonly bucketName: string;
  public readonly bucketArn: string;
  public readonly kmsKeyArn?: string;
  /** Part of the keys under which artifacts are kept; what else is in the bucket stays out of the server's reach. */
  public readonly artifactPrefix = 'artifacts';

  public constructor(scope: Construct, id: string, props: ArtifactStoreProps) {
    super(scope, id);
    const bucket = new S3Bucket(this, 'bucket', {
      bucketPrefix: props.bucketPrefix,
      forceDestroy: props.forceDestroy ?? false,
      lifecycle: props.protect ? { preventDestroy: true } : undefined,
    });
    const publicAccessBlock = new S3BucketPublicAccessBlock(this, 'public-access-block', {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, 'ownership', {
      bucket: bucket.id,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    const versioning = new S3BucketVersioningA(this, 'versioning', {
      bucket: bucket.id,
      versioningConfiguration: { status: 'Enabled' },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket: bucket.id,
      rule: [
        {
          applyServerSideEncryptionByDefault:
            props.kmsKeyArn === undefined
              ? { sseAlgorithm: 'AES256' }
              : { sseAlgorithm: 'aws:kms', kmsMasterKeyId: props.kmsKeyArn },
          // One data key per bucket instead of a KMS call per object.
          bucketKeyEnabled: props.kmsKeyArn !== undefined,
        },
      ],
    });
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket: bucket.id,
      rule: [
        {
          id: 'expire-old-versions',
          status: 'Enabled',
          filter: [{}],
          noncurrentVersionExpiration: [{ noncurrentDays: props.noncurrentVersionDays }],
          expiration: [{ expiredObjectDeleteMarker: true }],
        },
        {
          id: 'abort-unfinished-uploads',
          status: 'Enabled',
          filter: [{}],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
      // S3 refuses rules for old versions until the bucket is versioned.
      dependsOn: [versioning],
    });
    new S3BucketPolicy(this, 'policy', {
      bucket: bucket.id,
      policy: policyDocument(denyWithoutTls(bucket.arn)),
      // A policy put beside the access block in the same second can meet "conflicting conditional operation".
      dependsOn: [publicAccessBlock],
    });

    this.bucketName = bucket.id;
    this.bucketArn = bucket.arn;
    this.kmsKeyArn = props.kmsKeyArn;
  }

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
