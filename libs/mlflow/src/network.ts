import { subnetCidrs, type Environment } from '@mlflow-on-aws/config';
import { resourceName } from '@mlflow-on-aws/foundation';
import { ExistingNetwork, TrackingNetwork } from '@mlflow-on-aws/network';
import type { Construct } from 'constructs';

/** Where the parts of an environment stand. */
export type PlacedNetwork = Pick<TrackingNetwork, 'public' | 'private' | 'endpoints'>;

/** Makes where the parts of an environment stand: a VPC of its own, or one that is there already. */
export function placeNetwork(scope: Construct, id: string, environment: Environment): PlacedNetwork {
  const { loadBalancer, network, observability, region, server } = environment;
  const { instanceType } = server;
  if (network.existing) {
    return new ExistingNetwork(scope, id, {
      ...network.existing,
      region,
      instanceType,
      loadBalanced: loadBalancer !== undefined,
      packagesFromInternet: server.wheelhouse === undefined,
    });
  }
  const subnets = subnetCidrs(environment);
  return new TrackingNetwork(scope, id, {
    name: resourceName(environment.name, 'mlflow'),
    region,
    cidr: network.cidr,
    publicSubnetCidrs: subnets.public,
    privateSubnetCidrs: subnets.private,
    instanceType,
    nat: network.nat,
    cloudWatch: observability.serverLogs === 'cloudwatch',
    flowLogDays: network.flowLogs ? observability.logRetentionDays : undefined,
  });
}
