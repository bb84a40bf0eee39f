import { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group';
import { AutoscalingPolicy } from '@cdktf/provider-aws/lib/autoscaling-policy';
import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';
import type { NetworkPlacement } from '@mlflow-on-aws/foundation';
import { Fn, TerraformLocal, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { TrackingLoadBalancer } from './load-balancer';
import { creditsOf, imageAndKey, imdsV2Only, type MachineProps } from './machine';

/** How a fleet of tracking servers is built; a change of the user data replaces its machines one after the other. */
export interface ServerFleetProps extends MachineProps {
  /** Name of the Auto Scaling group, and of its machines. */
  readonly name: string;
  /** Subnets with a way to the internet, over the Availability Zones that the fleet spreads over. */
  readonly network: NetworkPlacement;
  /** Load balancer in front of them. */
  readonly loadBalancer: TrackingLoadBalancer;
  /** Servers that run at least. */
  readonly minCount: number;
  /** Servers that run at most. */
  readonly maxCount: number;
  /** Requests a minute that one server carries comfortably; with more, another is started. */
  readonly requestsPerMinute: number;
  /** Tags of the machines and their volumes, which the provider's default tags do not reach. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Seconds until a machine that boots counts: packages, the wait for the database, a migration. */
const bootSeconds = 600;

/** Stateless tracking servers behind a load balancer, replaced one after the other when what they run changes. */
export class ServerFleet extends Construct {
  /** Name of the Auto Scaling group. */
  public readonly autoScalingGroupName: string;
  /** Its first servers answer. */
  public readonly ready: ITerraformDependable;

  public constructor(scope: Construct, id: string, props: ServerFleetProps) {
    super(scope, id);
    const { imageId, keyName } = imageAndKey(this, props);
    const tags = { ...props.tags, Name: props.name };
    const template = new LaunchTemplate(this, 'launch-template', {
      namePrefix: `${props.name}-`,
      updateDefaultVersion: true,
      // A newer image shows in the plan, and comes to the servers with the next deploy.
      imageId,
      instanceType: props.instanceType,
      iamInstanceProfile: { name: props.role.instanceProfileName },
      keyName,
      vpcSecurityGroupIds: [props.securityGroup.securityGroupId],
      // By a local value: as an argument, a script with quotes in it would not be one.
      userData: Fn.base64encode(new TerraformLocal(this, 'user-data', props.userData).asString),
      metadataOptions: imdsV2Only,
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          ebs: {
            volumeType: 'gp3',
            volumeSize: props.rootVolumeGiB,
            encrypted: 'true',
            deleteOnTermination: 'true',
          },
        },
      ],
      creditSpecification: creditsOf(props),
      // Points of one minute, which scaling needs to follow.
      monitoring: { enabled: true },
      tagSpecifications: ['instance', 'volume'].map((resourceType) => ({ resourceType, tags })),
    });
    const group = new AutoscalingGroup(this, 'group', {
      name: props.name,
      minSize: props.minCount,
      maxSize: props.maxCount,
      vpcZoneIdentifier: props.network.subnetIds,
      launchTemplate: { id: template.id, version: `\${${template.fqn}.latest_version}` },
      targetGroupArns: [props.loadBalancer.targetGroupArn],
      healthCheckType: 'ELB',
      healthCheckGracePeriod: bootSeconds,
      defaultInstanceWarmup: 60,
      // A new group waits until this many answer. `wait_for_elb_capacity` would ask an update for exactly as many, which a group
      // that was scaled out never has. Source: AWS provider, internal/service/autoscaling/group.go, "On update all targets are specific".
      minElbCapacity: props.minCount,
      waitForCapacityTimeout: '20m',
      // New ones come before old ones go, and a refresh that fails goes back to what served before.
      // Source: EC2 Auto Scaling user guide, "Undo changes with a rollback".
      instanceRefresh: {
        strategy: 'Rolling',
        preferences: {
          minHealthyPercentage: 100,
          maxHealthyPercentage: 200,
          // Without it the old servers go a minute after the new ones were started, which boot for longer.
          instanceWarmup: String(bootSeconds),
          autoRollback: true,
          skipMatching: true,
        },
      },
      enabledMetrics: ['GroupInServiceInstances', 'GroupDesiredCapacity'],
      tag: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: false })),
      // How many there are now is the scaling's to say.
      lifecycle: { ignoreChanges: ['desired_capacity'] },
      dependsOn: [...(props.after ?? []), props.loadBalancer.ready],
    });
    if (props.maxCount > props.minCount) {
      new AutoscalingPolicy(this, 'scaling', {
        name: 'requests-per-server',
        autoscalingGroupName: group.name,
        policyType: 'TargetTrackingScaling',
        targetTrackingConfiguration: {
          predefinedMetricSpecification: {
            predefinedMetricType: 'ALBRequestCountPerTarget',
            resourceLabel: `${props.loadBalancer.arnSuffix}/${props.loadBalancer.targetGroupArnSuffix}`,
          },
          targetValue: props.requestsPerMinute,
        },
      });
    }
    this.autoScalingGroupName = group.name;
    this.ready = group;
  }
}
