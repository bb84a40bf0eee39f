import type { Environment } from '@mlflow-on-aws/config';
import { BackendStore, logGroupPrefix, replicaIdentifier } from '@mlflow-on-aws/database';
import { resourceName, type NetworkPlacement } from '@mlflow-on-aws/foundation';
import { ArtifactStore, LogBucket, StorageKey } from '@mlflow-on-aws/storage';
import type { Construct } from 'constructs';
import { databaseIdentifier, serverLogGroup } from './names';

/** What an environment keeps, and what encrypts and records it. */
export interface Stores {
  /** Artifacts, and the files that servers boot from. */
  readonly artifacts: ArtifactStore;
  /** Runs, models and users. */
  readonly backend: BackendStore;
  /** Who asked for what. @default - not recorded */
  readonly accessLogs?: LogBucket;
  /** ARN of the key of artifacts and logs. @default - keys of AWS's own */
  readonly kmsKeyArn?: string;
}

/** Makes the stores of an environment; the database stands in the network given. */
export function makeStores(scope: Construct, environment: Environment, network: NetworkPlacement): Stores {
  const accessLogs = accessLogBucket(scope, environment);
  const kmsKeyArn = artifactKey(scope, environment)?.arn;
  return {
    artifacts: artifactStore(scope, environment, { accessLogs, kmsKeyArn }),
    backend: backendStore(scope, environment, { network, kmsKeyArn }),
    accessLogs,
    kmsKeyArn,
  };
}

const forceDestroy = ({ artifacts, beingRemoved = false }: Environment) => artifacts.forceDestroy || beingRemoved;

function accessLogBucket(scope: Construct, environment: Environment): LogBucket | undefined {
  const { accountId, artifacts, name, observability } = environment;
  if (!artifacts.accessLogs) return undefined;
  return new LogBucket(scope, 'access-logs', {
    prefix: `${resourceName(name, 'mlflow')}-access-logs-`,
    accountId,
    retentionDays: observability.logRetentionDays,
    forceDestroy: forceDestroy(environment),
  });
}

/** The key of artifacts, which also lets in the log groups of servers and databases, and no others. */
function artifactKey(scope: Construct, environment: Environment): StorageKey | undefined {
  const { accountId, artifacts, database, name, region } = environment;
  if (artifacts.encryption !== 'kms') return undefined;
  const identifier = databaseIdentifier(environment);
  const instances = [identifier, ...(database.readReplica ? [replicaIdentifier(identifier)] : [])];
  const groups = [serverLogGroup(environment), ...instances.map((one) => `${logGroupPrefix(one)}/*`)];
  return new StorageKey(scope, 'artifact-key', {
    description: `MLflow artifacts of ${name}`,
    accountId,
    logGroups: { region, arns: groups.map((group) => `arn:aws:logs:${region}:${accountId}:log-group:${group}`) },
  });
}

function artifactStore(
  scope: Construct,
  environment: Environment,
  { accessLogs, kmsKeyArn }: Pick<Stores, 'accessLogs' | 'kmsKeyArn'>,
): ArtifactStore {
  const { artifacts, name } = environment;
  return new ArtifactStore(scope, 'artifact-store', {
    name: { prefix: `${artifacts.bucketPrefix}-${name}-` },
    noncurrentVersionDays: artifacts.noncurrentVersionDays,
    kmsKeyArn,
    accessLogs,
    forceDestroy: forceDestroy(environment),
  });
}

function backendStore(
  scope: Construct,
  environment: Environment,
  { network, kmsKeyArn }: { readonly network: NetworkPlacement; readonly kmsKeyArn?: string },
): BackendStore {
  const { accountId, beingRemoved = false, database, observability, region } = environment;
  return new BackendStore(scope, 'backend-store', {
    network,
    identifier: databaseIdentifier(environment),
    databaseName: database.name,
    username: database.username,
    port: database.port,
    engineVersion: database.engineVersion,
    instanceClass: database.instanceClass,
    allocatedStorageGiB: database.allocatedStorageGiB,
    storageType: database.storageType,
    maxAllocatedStorageGiB: database.maxAllocatedStorageGiB,
    multiAz: database.multiAz,
    backupRetentionDays: database.backupRetentionDays,
    backupWindow: database.backupWindow,
    maintenanceWindow: database.maintenanceWindow,
    performanceInsights: database.performanceInsights,
    logs: { exports: database.logExports, retentionDays: observability.logRetentionDays, kmsKeyArn },
    enhancedMonitoringSeconds: database.enhancedMonitoringSeconds,
    finalSnapshot: database.finalSnapshot,
    restoreFromSnapshot: database.restoreFromSnapshot,
    iam: database.authentication === 'iam' ? { region, accountId } : undefined,
    password: database.password,
    readReplica: database.readReplica,
    protect: database.deletionProtection && !beingRemoved,
  });
}
