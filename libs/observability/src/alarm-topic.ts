import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { policyDocument } from '@mlflow-on-aws/foundation';
import { Construct } from 'constructs';

/** Who is told of alarms. */
export interface AlarmTopicProps {
  /** Name of the topic. */
  readonly name: string;
  /** AWS account that the topic is in. */
  readonly accountId: string;
  /** Address that gets the mails; must confirm once by mail. */
  readonly email: string;
  /**
   * Encrypt waiting messages by a KMS key of their own, billed by the month.
   * @default false
   */
  readonly encrypted?: boolean;
}

/** The SNS topic that CloudWatch's alarms and AWS Budgets of this account write to. */
export class AlarmTopic extends Construct {
  /** ARN of the topic. */
  public readonly arn: string;

  public constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    const services = { Service: ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'] };
    const ours = { StringEquals: { 'aws:SourceAccount': props.accountId } };
    // The key that SNS has for everybody does not let CloudWatch in.
    // Source: Amazon SNS developer guide, "Enable compatibility between event sources from AWS services and encrypted topics".
    const key = props.encrypted
      ? new KmsKey(this, 'key', {
          description: `Messages of ${props.name}`,
          enableKeyRotation: true,
          deletionWindowInDays: 7,
          policy: policyDocument(
            {
              Sid: 'Administration',
              Principal: { AWS: `arn:aws:iam::${props.accountId}:root` },
              Action: 'kms:*',
              Resource: '*',
            },
            {
              Sid: 'AlarmsAndBudgets',
              Principal: services,
              Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
              Resource: '*',
              Condition: ours,
            },
          ),
        })
      : undefined;
    const topic = new SnsTopic(this, 'topic', { name: props.name, kmsMasterKeyId: key?.arn });
    new SnsTopicPolicy(this, 'policy', {
      arn: topic.arn,
      policy: policyDocument({
        Sid: 'AlarmsAndBudgets',
        Principal: services,
        Action: 'sns:Publish',
        Resource: topic.arn,
        Condition: ours,
      }),
    });
    new SnsTopicSubscription(this, 'email', { topicArn: topic.arn, protocol: 'email', endpoint: props.email });
    this.arn = topic.arn;
  }
}
