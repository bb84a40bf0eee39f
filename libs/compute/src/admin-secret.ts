import type { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { acceptFindings, grantTo, type Grantee } from '@mlflow-on-aws/foundation';
import { Construct } from 'constructs';

/** How the secret is called. */
export interface AdminSecretProps {
  /** Beginning of its name. */
  readonly name: string;
}

/** Where the first server puts the password of MLflow's administrator; Terraform makes it empty and never sees what is in it. */
export class AdminSecret extends Construct {
  /** ARN of the secret. */
  public readonly arn: string;

  public constructor(scope: Construct, id: string, props: AdminSecretProps) {
    super(scope, id);
    const secret = new SecretsmanagerSecret(this, 'secret', {
      // A deleted secret keeps its name for a while: another one needs another.
      namePrefix: `${props.name}-`,
      description: 'Administrator of MLflow: user name and password, and the key that its servers share',
      recoveryWindowInDays: 7,
    });
    acceptFindings(secret, {
      CKV_AWS_149: 'Secrets Manager encrypts with the account’s own key; IAM says who may read.',
      CKV2_AWS_57: 'MLflow keeps the password as a hash in its database: it is changed there, by its administrator.',
    });
    this.arn = secret.arn;
  }

  /** Lets a role fill the secret, and read it. */
  public grant(role: Grantee): IamRolePolicy {
    return grantTo(this, role, {
      id: 'use',
      name: 'admin-secret',
      statements: [
        {
          Sid: 'AdminSecret',
          Action: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
          Resource: this.arn,
        },
      ],
    });
  }
}
