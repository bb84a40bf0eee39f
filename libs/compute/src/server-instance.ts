import { Instance } from '@cdktf/provider-aws/lib/instance';
import { acceptFindings, type NetworkPlacement } from '@mlflow-on-aws/foundation';
import { Construct } from 'constructs';
import { creditsOf, imageAndKey, imdsV2Only, type MachineProps } from './machine';

/** How a single tracking server is built. */
export interface ServerInstanceProps extends MachineProps {
  /** Value of the `Name` tag. */
  readonly name: string;
  /** Public subnets; the server stands in the first. */
  readonly network: NetworkPlacement;
}

/** One tracking server on Amazon Linux 2023 with a public address; everything worth keeping is in its stores. */
export class ServerInstance extends Construct {
  /** Id of the EC2 instance. */
  public readonly instanceId: string;
  /** Public DNS name. */
  public readonly publicDns: string;

  public constructor(scope: Construct, id: string, props: ServerInstanceProps) {
    super(scope, id);
    const { imageId, keyName } = imageAndKey(this, props);
    const instance = new Instance(this, 'instance', {
      ami: imageId,
      instanceType: props.instanceType,
      subnetId: props.network.subnetIds[0],
      associatePublicIpAddress: true,
      vpcSecurityGroupIds: [props.securityGroup.securityGroupId],
      iamInstanceProfile: props.role.instanceProfileName,
      keyName,
      userData: props.userData,
      userDataReplaceOnChange: true,
      metadataOptions: imdsV2Only,
      rootBlockDevice: {
        volumeType: 'gp3',
        volumeSize: props.rootVolumeGiB,
        encrypted: true,
        deleteOnTermination: true,
      },
      creditSpecification: creditsOf(props),
      tags: { Name: props.name },
      volumeTags: { Name: props.name },
      lifecycle: {
        ignoreChanges: [
          // Amazon publishes an image every few weeks; a server gets it when it is replaced, not when somebody plans.
          'ami',
          // A stopped server has no address, and the next plan would replace it to give it one; started again it has one anyway.
          // Source: AWS provider, internal/service/ec2/ec2_instance.go, which reads it from the live association.
          'associate_public_ip_address',
        ],
      },
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
