import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter';
import { KeyPair } from '@cdktf/provider-aws/lib/key-pair';
import { burstable } from '@mlflow-on-aws/foundation';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { amazonLinuxParameter } from './amazon-linux';
import type { ServerRole } from './server-role';
import type { ServerSecurityGroup } from './server-security-group';

/** What a machine that serves MLflow is made of, alone or in a fleet. */
export interface MachineProps {
  /** Role that it acts as. */
  readonly role: ServerRole;
  /** Group that guards it. */
  readonly securityGroup: ServerSecurityGroup;
  /** EC2 instance type. */
  readonly instanceType: string;
  /**
   * What happens when a type that earns CPU credits has none left: it is slow, or more is billed. Other types earn none.
   * @default unlimited
   */
  readonly cpuCredits?: 'standard' | 'unlimited';
  /** Size of the encrypted root volume in GiB. */
  readonly rootVolumeGiB: number;
  /** Shell script that turns the machine into a server; a change of it replaces the machine. At most 16 KB. */
  readonly userData: string;
  /**
   * SSH public key to log in with.
   * @default - no key pair: Session Manager and EC2 Instance Connect need none
   */
  readonly sshPublicKey?: { readonly name: string; readonly publicKey: string };
  /**
   * What must be there before it boots, such as the grants of its role.
   * @default - nothing
   */
  readonly after?: ITerraformDependable[];
}

/** IMDSv2 only. Source: EC2 user guide, "Use IMDSv2". */
export const imdsV2Only = { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 };

/** Credits of a type that earns them; EC2 refuses a word about them for any other in a launch template. */
export function creditsOf({
  instanceType,
  cpuCredits = 'unlimited',
}: MachineProps): { readonly cpuCredits: string } | undefined {
  return burstable(instanceType) ? { cpuCredits } : undefined;
}

/** Image and key pair of a machine, made in the scope of what launches it. */
export function imageAndKey(
  scope: Construct,
  props: MachineProps,
): { readonly imageId: string; readonly keyName: string | undefined } {
  const image = new DataAwsSsmParameter(scope, 'amazon-linux', { name: amazonLinuxParameter(props.instanceType) });
  const keyPair =
    props.sshPublicKey &&
    new KeyPair(scope, 'key-pair', { keyName: props.sshPublicKey.name, publicKey: props.sshPublicKey.publicKey });
  return { imageId: image.insecureValue, keyName: keyPair?.keyName };
}
