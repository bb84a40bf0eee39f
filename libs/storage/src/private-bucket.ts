import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketLoggingA } from '@cdktf/provider-aws/lib/s3-bucket-logging';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import {
  acceptFindings,
  denyWithoutTls,
  policyDocument,
  type ArtifactStoreBucket,
  type PolicyStatement,
} from '@mlflow-on-aws/foundation';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

/** How a private bucket is kept. */
export interface PrivateBucketProps {
  /** Name of the bucket, or the beginning of one that AWS makes globally unique (at most 37 characters). */
  readonly name: { readonly exactly: string } | { readonly prefix: string };
  /** Days after which replaced or deleted versions of an object are really gone. */
  readonly noncurrentVersionDays: number;
  /**
   * KMS key for the objects.
   * @default - keys that S3 manages (SSE-S3)
   */
  readonly kmsKeyArn?: string;
  /**
   * Bucket that takes a line for every request.
   * @default - no access logs
   */
  readonly accessLogs?: { readonly bucketName: string; readonly ready: ITerraformDependable };
  /**
   * Statements of the bucket's policy beside the one that refuses requests without TLS.
   * @default - none
   */
  readonly statements?: (bucketArn: string) => readonly PolicyStatement[];
  /**
   * Days after which objects are deleted.
   * @default - never
   */
  readonly expirationDays?: number;
  /**
   * Let `destroy` delete the bucket with what is in it.
   * @default false
   */
  readonly forceDestroy?: boolean;
  /**
   * Refuse every plan that would destroy the bucket.
   * @default false
   */
  readonly protect?: boolean;
}

/** A private, versioned, encrypted S3 bucket that answers over TLS only. */
export class PrivateBucket extends Construct implements ArtifactStoreBucket {
  public readonly bucketName: string;
  public readonly bucketArn: string;
  public readonly kmsKeyArn?: string;
  /** The bucket's policy, without which AWS services cannot write into it. */
  public readonly ready: ITerraformDependable;

  public constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    const bucket = new S3Bucket(this, 'bucket', {
      ...('exactly' in props.name ? { bucket: props.name.exactly } : { bucketPrefix: props.name.prefix }),
      forceDestroy: props.forceDestroy ?? false,
      lifecycle: props.protect ? { preventDestroy: true } : undefined,
    });
    acceptFindings(bucket, {
      CKV_AWS_144: 'A copy in another region doubles the bill; versions answer for what is lost by mistake.',
      CKV2_AWS_62: 'Nothing waits for an object: who reads the bucket asks for what it wants.',
      // Of buckets whose objects expire, which are logs themselves, the scanner does not ask it.
      ...(props.accessLogs === undefined &&
        props.expirationDays === undefined && {
          CKV_AWS_18: 'Access logs need a second bucket and are billed, and nobody asked for them here.',
        }),
      ...(props.kmsKeyArn === undefined && {
        CKV_AWS_145: 'A KMS key of its own is billed by the month; S3 encrypts with its own keys.',
      }),
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
          // New buckets refuse keys that clients bring since spring 2026; unsaid, provider releases below 6.40 would plan to take that back for ever.
          // Sources: Amazon S3 user guide, "Blocking or unblocking SSE-C"; AWS provider, internal/service/s3/bucket_server_side_encryption_configuration.go.
          blockedEncryptionTypes: ['SSE-C'],
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
        ...(props.expirationDays === undefined
          ? []
          : [
              {
                id: 'expire',
                status: 'Enabled',
                filter: [{}],
                expiration: [{ days: props.expirationDays }],
              },
            ]),
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
    if (props.accessLogs) {
      new S3BucketLoggingA(this, 'access-logs', {
        bucket: bucket.id,
        targetBucket: props.accessLogs.bucketName,
        targetPrefix: 'artifacts/',
        dependsOn: [props.accessLogs.ready],
      });
    }
    this.ready = new S3BucketPolicy(this, 'policy', {
      bucket: bucket.id,
      policy: policyDocument(denyWithoutTls(bucket.arn), ...(props.statements?.(bucket.arn) ?? [])),
      // A policy put beside the access block in the same second can meet "conflicting conditional operation".
      dependsOn: [publicAccessBlock],
    });

    this.bucketName = bucket.id;
    this.bucketArn = bucket.arn;
    this.kmsKeyArn = props.kmsKeyArn;
  }
}
