import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { policyDocument, stateBucketName } from '@mlflow-on-aws/foundation';
import { Construct } from 'constructs';
import { PrivateBucket } from './private-bucket';

/** Where a state bucket lives. */
export interface StateBucketProps {
  /** AWS account, 12 digits. */
  readonly accountId: string;
  /** AWS region. */
  readonly region: string;
}

/** The key that encrypts states: IAM policies of the account say who may use it. */
class StateKey extends Construct {
  public readonly arn: string;

  public constructor(scope: Construct, id: string, accountId: string) {
    super(scope, id);
    // Without an alias, whose fixed name could not be adopted where a state was lost.
    this.arn = new KmsKey(this, 'key', {
      description: 'Terraform state of mlflow-on-aws',
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      // Source: AWS KMS developer guide, "Default key policy".
      policy: policyDocument({
        Sid: 'AccountPolicies',
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: 'kms:*',
        Resource: '*',
      }),
      lifecycle: { preventDestroy: true },
    }).arn;
  }
}

/** The bucket that keeps the Terraform state of every environment of an account and region; never destroyed by a plan. */
export class StateBucket extends PrivateBucket {
  /** ARN of the KMS key that encrypts the states. */
  public readonly stateKeyArn: string;

  public constructor(scope: Construct, id: string, props: StateBucketProps) {
    const { arn } = new StateKey(scope, `${id}-key`, props.accountId);
    super(scope, id, {
      name: { exactly: stateBucketName(props.accountId, props.region) },
      // A year of states to go back to.
      noncurrentVersionDays: 365,
      kmsKeyArn: arn,
      protect: true,
    });
    this.stateKeyArn = arn;
  }
}
