import type { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { acceptFindings, grantTo, type Grantee } from '@mlflow-on-aws/foundation';
import { Construct } from 'constructs';

/** How a secret of the servers is called, and what it is for. */
export interface ServerSecretProps {
  /** Beginning of its name. */
  readonly name: string;
  /** What is in it, for whoever finds it in the account. */
  readonly description: string;
  /** Name of the policy by which a role uses it, such as `admin-secret`. */
  readonly policyName: string;
  /** Why Secrets Manager does not rotate it. */
  readonly whyNotRotated: string;
}

/** A secret that the first server fills and all servers read; Terraform makes it empty and never sees what is in it. */
export class ServerSecret extends Construct {
  /** ARN of the secret. */
  public readonly arn: string;
  private readonly policyName: string;

  public constructor(scope: Construct, id: string, props: ServerSecretProps) {
    super(scope, id);
    const secret = new SecretsmanagerSecret(this, 'secret', {
      // A deleted secret keeps its name for a while: another one needs another.
      namePrefix: `${props.name}-`,
      description: props.description,
      recoveryWindowInDays: 7,
    });
    acceptFindings(secret, {
      CKV_AWS_149: 'Secrets Manager encrypts with the account’s own key; IAM says who may read.',
      CKV2_AWS_57: props.whyNotRotated,
    });
    this.arn = secret.arn;
    this.policyName = props.policyName;
  }

  /** Lets a role fill the secret, and read it. */
  public grant(role: Grantee): IamRolePolicy {
    const sid = this.policyName.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
    return grantTo(this, role, {
      id: 'use',
      name: this.policyName,
      statements: [
        {
          Sid: sid,
          Action: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
          Resource: this.arn,
        },
      ],
    });
  }
}
