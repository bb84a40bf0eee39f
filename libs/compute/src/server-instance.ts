import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter';
import { Instance } from '@cdktf/provider-aws/lib/instance';
import { KeyPair } from '@cdktf/provider-aws/lib/key-pair';
import { acceptFindings, type NetworkPlacement } from '@mlflow-on-aws/foundation';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { amazonLinuxParameter } from './amazon-linux';
import type { ServerRole } from './server-role';
import type { ServerSecurityGroup } from './server-security-group';

/** How a single tracking server is built. */
export interface ServerInstanceProps {
  /** Value of the `Name` tag. */
  readonly name: string;
  /** Public subnets; the server stands in the first. */
  readonly network: NetworkPlacement;
  /** Role that the server acts as. */
  readonly role: ServerRole;
  /** Group that guards the server. */
  readonly securityGroup: ServerSecurityGroup;
  /** EC2 instance type. */
  readonly instanceType: string;
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
   * What must be there before the machine boots, such as the grants of its role.
   * @default - nothing
   */
  readonly after?: ITerraformDependable[];
}

/** One tracking server on Amazon Linux 2023 with a public address; everything worth keeping is in its stores. */
export class ServerInstance extends Construct {
  /** Id of the EC2 instance. */
  public readonly instanceId: string;
  /** Public DNS name. */
  public readonly publicDns: string;

  public constructor(scope: Construct, id: string, props: ServerInstanceProps) {
    super(scope, id);
    const image = new DataAwsSsmParameter(this, 'amazon-linux', { name: amazonLinuxParameter(props.instanceType) });
    const keyPair =
      props.sshPublicKey &&
      new KeyPair(this, 'key-pair', { keyName: props.sshPublicKey.name, publicKey: props.sshPublicKey.publicKey });
    const instance = new Instance(this, 'instance', {
      ami: image.insecureValue,
      instanceType: props.instanceType,
      subnetId: props.network.subnetIds[0],
      associatePublicIpAddress: true,
      vpcSecurityGroupIds: [props.securityGroup.securityGroupId],
      iamInstanceProfile: props.role.instanceProfileName,
      keyName: keyPair?.keyName,
      userData: props.userData,
      userDataReplaceOnChange: true,
      // IMDSv2 only. Source: EC2 user guide, "Use IMDSv2".
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      rootBlockDevice: {
        volumeType: 'gp3',
        volumeSize: props.rootVolumeGiB,
        encrypted: true,
        deleteOnTermination: true,
      },
      // "unlimited", the default of t3 and t4g, bills what a busy day bursts. Source: EC2 user guide, "Burstable performance".
      creditSpecification: { cpuCredits: 'standard' },
      tags: { Name: props.name },
      volumeTags: { Name: props.name },
      // Amazon publishes an image every few weeks; a server gets it when it is replaced, not when somebody plans.
      lifecycle: { ignoreChanges: ['ami'] },
      dependsOn: props.after,
    });
    acceptFindings(instance, {
      CKV_AWS_88: 'One server without a load balancer is reached directly; its security group names who may.',
      CKV_AWS_126: 'One-minute metrics are billed, and a single server has no scaling that would need them.',
      CKV_AWS_135: 'Current instance types are EBS-optimized anyway, and the t2 types refuse the flag.',
    });
    this.instanceId = instance.id;
    this.publicDns = instance.publicDns;
  }
}
