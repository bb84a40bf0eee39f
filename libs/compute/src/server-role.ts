import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { acceptFindings, assumedByService, policyDocument } from '@mlflow-on-aws/foundation';
import { Construct } from 'constructs';

/** How a server's role is called. */
export interface ServerRoleProps {
  /** Name of the IAM role and its instance profile, unique in the account. */
  readonly name: string;
}

/**
 * The IAM role of a tracking server: Session Manager and nothing else.
 *
 * Stores grant it what the server needs of them, so nobody types `aws configure` on a machine.
 */
export class ServerRole extends Construct {
  /** Name of the role, for grants. */
  public readonly roleName: string;
  /** Name of the instance profile that carries the role. */
  public readonly instanceProfileName: string;

  public constructor(scope: Construct, id: string, props: ServerRoleProps) {
    super(scope, id);
    const role = new IamRole(this, 'role', {
      name: props.name,
      description: 'MLflow tracking server',
      assumeRolePolicy: assumedByService('ec2.amazonaws.com'),
    });
    const sessions = new IamRolePolicy(this, 'session-manager', {
      name: 'session-manager',
      role: role.name,
      // The part of AmazonSSMManagedInstanceCore that a session needs; the rest of it reads every parameter of the account.
      // These actions take no resource. Source: Systems Manager user guide, "Create a custom IAM role for Session Manager".
      policy: policyDocument({
        Sid: 'SessionManager',
        Action: [
          'ssm:UpdateInstanceInformation',
          'ssmmessages:CreateControlChannel',
          'ssmmessages:CreateDataChannel',
          'ssmmessages:OpenControlChannel',
          'ssmmessages:OpenDataChannel',
        ],
        Resource: '*',
      }),
    });
    const noResource = 'The actions of a Session Manager agent know no resource to name.';
    acceptFindings(sessions, { CKV_AWS_290: noResource, CKV_AWS_355: noResource });
    const profile = new IamInstanceProfile(this, 'instance-profile', { name: props.name, role: role.name });
    this.roleName = role.name;
    this.instanceProfileName = profile.name;
  }
}
