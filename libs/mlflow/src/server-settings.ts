import { sizingOf, type Environment } from '@mlflow-on-aws/config';
import type { ServerConfig } from '@mlflow-on-aws/tracking-server';
import type { Stores } from './stores';

/** MLflow's clients wait this long for an answer. */
const withoutLoadBalancerSeconds = 120;

/** What the servers of an environment are told: names and places, no secret. */
export function serverSettings(
  environment: Environment,
  stores: Stores,
  {
    adminSecretArn,
    keysSecretArn,
    logGroup,
  }: { readonly adminSecretArn?: string; readonly keysSecretArn: string; readonly logGroup?: string },
): ServerConfig {
  const { loadBalancer, region, server } = environment;
  return {
    environment: environment.name,
    region,
    port: server.port,
    keepAliveSeconds: keepAliveSeconds(loadBalancer),
    database: databaseSettings(environment, stores),
    artifacts: {
      bucket: stores.artifacts.bucketName,
      prefix: stores.artifacts.artifactPrefix,
      traceArchivePrefix: stores.artifacts.traceArchivePrefix,
      mode: server.artifactServing,
    },
    allowedHosts: loadBalancer ? [loadBalancer.domainName] : [],
    corsAllowedOrigins: loadBalancer ? [`https://${loadBalancer.domainName}`] : [],
    publicDns: !loadBalancer,
    adminSecretArn: adminSecretArn ?? null,
    keysSecretArn,
    prometheusPort: server.prometheus?.port ?? null,
    logGroup: logGroup ?? null,
    housekeeping: housekeepingSettings(environment),
    sizing: sizingOf(environment),
  };
}

/**
 * A connection that the server closes just as a load balancer sends the next request on it is a 502 to the client: the load balancer
 * has to be first. Source: Elastic Load Balancing user guide, "Troubleshoot your Application Load Balancers", HTTP 502.
 */
function keepAliveSeconds(loadBalancer: Environment['loadBalancer']): number {
  return (loadBalancer?.idleTimeoutSeconds ?? withoutLoadBalancerSeconds) + 10;
}

function databaseSettings({ database }: Environment, { backend: { endpoint } }: Stores): ServerConfig['database'] {
  return {
    host: endpoint.host,
    replicaHost: endpoint.replicaHost ?? null,
    port: endpoint.port,
    name: endpoint.databaseName,
    user: endpoint.username,
    passwordSecretArn: endpoint.secretArn,
    iamUser: endpoint.iamUser ?? null,
    passwordRotationDays: database.password === 'rds-managed' ? null : (database.passwordRotationDays ?? 30),
  };
}

function housekeepingSettings({ server: { housekeeping } }: Environment): ServerConfig['housekeeping'] {
  if (!housekeeping) return null;
  return {
    at: housekeeping.at,
    purgeDeletedAfterDays: housekeeping.purgeDeletedAfterDays ?? null,
    archiveTracesAfterDays: housekeeping.archiveTracesAfterDays ?? null,
  };
}
