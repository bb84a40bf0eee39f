import type { Construct } from 'constructs';
import { PrivateBucket } from './private-bucket';

/** What a log bucket takes, and for how long. */
export interface LogBucketProps {
  /** Beginning of the bucket's name, at most 37 characters. */
  readonly prefix: string;
  /** AWS account whose buckets and load balancers may write. */
  readonly accountId: string;
  /** Days that logs are kept. */
  readonly retentionDays: number;
  /**
   * Let `destroy` delete the bucket with the logs in it.
   * @default false
   */
  readonly forceDestroy?: boolean;
}

/** Where S3 and load balancers of this account write who asked for what. */
export class LogBucket extends PrivateBucket {
  public constructor(scope: Construct, id: string, props: LogBucketProps) {
    super(scope, id, {
      name: { prefix: props.prefix },
      noncurrentVersionDays: 1,
      expirationDays: props.retentionDays,
      forceDestroy: props.forceDestroy,
      // Keys that S3 manages: load balancers cannot write under another.
      // Sources: Elastic Load Balancing user guide, "Enable access logs for your Application Load Balancer";
      // Amazon S3 user guide, "Enabling Amazon S3 server access logging".
      statements: (bucketArn) => [
        {
          Sid: 'LoadBalancerLogs',
          Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
          Action: 's3:PutObject',
          Resource: `${bucketArn}/load-balancer/AWSLogs/${props.accountId}/*`,
        },
        {
          Sid: 'BucketLogs',
          Principal: { Service: 'logging.s3.amazonaws.com' },
          Action: 's3:PutObject',
          Resource: `${bucketArn}/artifacts/*`,
          Condition: { StringEquals: { 'aws:SourceAccount': props.accountId } },
        },
      ],
    });
  }
}
