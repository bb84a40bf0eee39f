import type { Environment } from '@mlflow-on-aws/config';
import type { ServerConfig } from '@mlflow-on-aws/tracking-server';
import { sizingOf } from './sizing';
import type { Stores } from './stores';

/** Where Prometheus asks, unless the environment says otherwise. */
const defaultMetricsPort = 9464;

/** MLflow's clients wait this long for an answer. */
const withoutLoadBalancerSeconds = 120;

/** The port that answers to Prometheus, and who may ask there; undefined where nobody may. */
export function prometheusOf({
  server,
}: Environment): { readonly port: number; readonly cidrs: readonly string[] } | undefined {
  return server.prometheus && { port: defaultMetricsPort, ...server.prometheus };
}

/** What the servers of an environment are told: names and places, no secret. */
export function serverSettings(
  environment: Environment,
  stores: Stores,
  { adminSecretArn, logGroup }: { readonly adminSecretArn?: string; readonly logGroup?: string },
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
    prometheusPort: prometheusOf(environment)?.port ?? null,
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
    at: housekeeping.at ?? '02:30',
    purgeDeletedAfterDays: housekeeping.purgeDeletedAfterDays ?? null,
    archiveTracesAfterDays: housekeeping.archiveTracesAfterDays ?? null,
  };
}
