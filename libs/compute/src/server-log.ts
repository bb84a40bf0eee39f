import type { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { grantTo, logGroup, type Grantee } from '@mlflow-on-aws/foundation';
import { Construct } from 'constructs';

/** The log that servers share. */
export interface ServerLogProps {
  /** Name of the log group. */
  readonly name: string;
  /** Days that it is kept. */
  readonly retentionDays: number;
  /**
   * KMS key that encrypts it, whose policy lets CloudWatch Logs in.
   * @default - CloudWatch's own key
   */
  readonly kmsKeyArn?: string;
}

/** The log of tracking servers in CloudWatch, which outlives them, and the rights of the agent on their machines. */
export class ServerLog extends Construct {
  /** Name of the log group. */
  public readonly groupName: string;
  private readonly groupArn: string;

  public constructor(scope: Construct, id: string, props: ServerLogProps) {
    super(scope, id);
    const group = logGroup(this, 'log-group', props);
    this.groupName = group.name;
    this.groupArn = group.arn;
  }

  /** Lets a role write to the log, and how full its machine is to the metrics of the namespace `MLflow`. */
  public grant(role: Grantee): IamRolePolicy {
    return grantTo(this, role, {
      id: 'write',
      name: 'server-log',
      statements: [
        {
          Sid: 'ServerLog',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: [this.groupArn, `${this.groupArn}:*`],
        },
        // Metrics are no resource that could be named; the namespace is. Source: CloudWatch user guide, "Using condition keys to limit access to CloudWatch namespaces".
        {
          Sid: 'ServerMetrics',
          Action: 'cloudwatch:PutMetricData',
          Resource: '*',
          Condition: { StringEquals: { 'cloudwatch:namespace': 'MLflow' } },
        },
      ],
    });
  }
}
