import { stateBucketName } from '@mlflow-on-aws/foundation';
import type { Construct } from 'constructs';
import { PrivateBucket } from './private-bucket';

/** Where a state bucket lives. */
export interface StateBucketProps {
  /** AWS account, 12 digits. */
  readonly accountId: string;
  /** AWS region. */
  readonly region: string;
}

/** The bucket that keeps the Terraform state of every environment of an account and region; never destroyed by a plan. */
export class StateBucket extends PrivateBucket {
  public constructor(scope: Construct, id: string, props: StateBucketProps) {
    super(scope, id, {
      name: { exactly: stateBucketName(props.accountId, props.region) },
      // A year of states to go back to.
      noncurrentVersionDays: 365,
      protect: true,
    });
  }
}
