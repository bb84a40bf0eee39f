import { ServerFleet, ServerInstance, TrackingLoadBalancer } from '@mlflow-on-aws/compute';
import type { Environment } from '@mlflow-on-aws/config';
import { environmentTags } from '@mlflow-on-aws/foundation';
import type { Construct } from 'constructs';
import type { Machine } from './machine';
import { baseName } from './names';
import type { PlacedNetwork } from './network';
import type { Stores } from './stores';

/** 50 a second, of 170 log-batch requests or 13 searches that one worker was measured to serve: room for a server that is lost. */
const requestsPerMinuteAndWorker = 3000;

/** Who serves: one machine, or a fleet behind a load balancer. */
export type Servers =
  { readonly instance: ServerInstance } | { readonly loadBalancer: TrackingLoadBalancer; readonly fleet: ServerFleet };

/** Starts the servers of an environment: a fleet where it has a load balancer, otherwise one machine. */
export function startServers(
  scope: Construct,
  environment: Environment,
  network: PlacedNetwork,
  stores: Stores,
  machine: Machine,
): Servers {
  if (!environment.loadBalancer) {
    return {
      instance: new ServerInstance(scope, 'server', {
        ...machine.props,
        name: 'mlflow_tracking-server',
        network: network.public,
      }),
    };
  }
  const loadBalancer = makeLoadBalancer(scope, environment, environment.loadBalancer, network, stores, machine);
  return { loadBalancer, fleet: makeFleet(scope, environment, network, loadBalancer, machine) };
}

function makeLoadBalancer(
  scope: Construct,
  environment: Environment,
  wanted: NonNullable<Environment['loadBalancer']>,
  network: PlacedNetwork,
  stores: Stores,
  machine: Machine,
): TrackingLoadBalancer {
  const { access, beingRemoved = false, database, server } = environment;
  return new TrackingLoadBalancer(scope, 'load-balancer', {
    name: baseName(environment),
    network: wanted.scheme === 'internal' ? network.private : network.public,
    scheme: wanted.scheme,
    domainName: wanted.domainName,
    hostedZoneId: wanted.hostedZoneId,
    certificateArn: wanted.certificateArn,
    identityProvider: wanted.oidc,
    trackingCidrs: access.trackingCidrs,
    serverPort: server.port,
    servers: machine.props.securityGroup,
    idleTimeoutSeconds: wanted.idleTimeoutSeconds,
    accessLogs: stores.accessLogs,
    waf: wanted.waf,
    protect: database.deletionProtection && !beingRemoved,
  });
}

function makeFleet(
  scope: Construct,
  environment: Environment,
  network: PlacedNetwork,
  loadBalancer: TrackingLoadBalancer,
  machine: Machine,
): ServerFleet {
  const { name, server, tags } = environment;
  return new ServerFleet(scope, 'servers', {
    ...machine.props,
    name: `${baseName(environment)}_tracking-server`,
    network: network.private,
    loadBalancer,
    minCount: server.minCount,
    maxCount: server.maxCount,
    requestsPerMinute: requestsPerMinuteAndWorker * machine.settings.sizing.workers,
    tags: environmentTags(name, tags),
  });
}
