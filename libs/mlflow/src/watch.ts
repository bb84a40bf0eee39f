import { databaseMemoryGiB, maxConnections, type Environment } from '@mlflow-on-aws/config';
import {
  AlarmTopic,
  DatabaseAlarms,
  LoadBalancerAlarms,
  MachineAlarms,
  MonthlyBudget,
  ServerAlarms,
  TrackingDashboard,
} from '@mlflow-on-aws/observability';
import { burstable } from '@mlflow-on-aws/foundation';
import { Construct } from 'constructs';
import { baseName, databaseIdentifier } from './names';
import type { Servers } from './servers';
import type { Stores } from './stores';

interface Watched {
  readonly environment: Environment;
  readonly stores: Stores;
  readonly servers: Servers;
}

/** Puts alarms, dashboard and budget beside an environment's parts. */
export function watch(scope: Construct, id: string, { environment, stores, servers }: Watched): void {
  const { accountId, artifacts, database, observability, region, server } = environment;
  const name = baseName(environment);
  const identifier = databaseIdentifier(environment);
  const instanceId = 'instance' in servers ? servers.instance.instanceId : undefined;
  const loadBalancer =
    'loadBalancer' in servers
      ? {
          loadBalancer: servers.loadBalancer.arnSuffix,
          targetGroup: servers.loadBalancer.targetGroupArnSuffix,
        }
      : undefined;
  const parts = new Construct(scope, id);
  const topic =
    observability.alarmEmail === undefined
      ? undefined
      : new AlarmTopic(parts, 'topic', {
          name: `${name}-alarms`,
          accountId,
          email: observability.alarmEmail,
          encrypted: artifacts.encryption === 'kms',
        });
  const notify = topic && [topic.arn];

  new DatabaseAlarms(parts, 'database', {
    name,
    identifier,
    allocatedStorageGiB: database.allocatedStorageGiB,
    maxConnections: maxConnections(database.instanceClass),
    memoryGiB: databaseMemoryGiB(database.instanceClass),
    burstable: burstable(database.instanceClass),
    replicaIdentifier: stores.backend.replicaIdentifier,
    notify,
  });
  if (loadBalancer && 'fleet' in servers) {
    new LoadBalancerAlarms(parts, 'load-balancer', { name, ...loadBalancer, notify, after: [servers.fleet.ready] });
  }
  if (instanceId !== undefined) {
    new ServerAlarms(parts, 'server', {
      name,
      instanceId,
      cpuCredits: burstable(server.instanceType) ? server.cpuCredits : undefined,
      notify,
    });
  }
  const machinesOf = observability.serverLogs === 'cloudwatch' ? environment.name : undefined;
  if (machinesOf !== undefined) new MachineAlarms(parts, 'machines', { name, environment: machinesOf, notify });
  if (observability.dashboard) {
    new TrackingDashboard(parts, 'dashboard', {
      name,
      region,
      databaseIdentifier: identifier,
      artifactBucket: stores.artifacts.bucketName,
      instanceId,
      loadBalancer,
      machinesOf,
    });
  }
  if (observability.monthlyBudgetUsd !== undefined && topic) {
    new MonthlyBudget(parts, 'budget', {
      name,
      limitUsd: observability.monthlyBudgetUsd,
      topicArn: topic.arn,
    });
  }
}
