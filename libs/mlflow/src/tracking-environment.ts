import { ServerInstance, ServerRole, ServerSecurityGroup } from '@mlflow-on-aws/compute';
import { subnetCidrs, type Environment } from '@mlflow-on-aws/config';
import { BackendStore } from '@mlflow-on-aws/database';
import { EnvironmentStack, resourceName } from '@mlflow-on-aws/foundation';
import { TrackingNetwork } from '@mlflow-on-aws/network';
import { ArtifactStore, ServerBundle } from '@mlflow-on-aws/storage';
import { renderUserData, sizeServer, trackingServerBundle, type ServerConfig } from '@mlflow-on-aws/tracking-server';
import type { Construct } from 'constructs';
import { connectionOutputs } from './outputs';
import { refuseUnbuilt } from './unbuilt';
import { watch } from './watch';

/** One MLflow tracking environment: network, artifact store, backend store and server, wired together. */
export class TrackingEnvironment extends EnvironmentStack {
  /**
   * @throws EnvironmentError for an option that no part builds yet: better than an environment that lacks it silently
   */
  public constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id, environment);
    refuseUnbuilt(environment);
    const { access, artifacts, database, network, region, server } = environment;
    const name = resourceName(environment.name, 'mlflow');
    const subnets = subnetCidrs(environment);

    const vpc = new TrackingNetwork(this, 'network', {
      name,
      region,
      cidr: network.cidr,
      publicSubnetCidrs: subnets.public,
      privateSubnetCidrs: subnets.private,
      instanceType: server.instanceType,
      nat: network.nat,
    });
    const artifactStore = new ArtifactStore(this, 'artifact-store', {
      name: { prefix: `${artifacts.bucketPrefix}-${environment.name}-` },
      noncurrentVersionDays: artifacts.noncurrentVersionDays,
      forceDestroy: artifacts.forceDestroy,
    });
    const backendStore = new BackendStore(this, 'backend-store', {
      network: vpc.private,
      identifier: resourceName(environment.name, database.identifier),
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
      logExports: database.logExports,
      protect: database.deletionProtection,
    });

    const role = new ServerRole(this, 'server-role', { name: `${name}-tracking-server` });
    const securityGroup = new ServerSecurityGroup(this, 'server-security-group', {
      name: `${name}-tracking-server`,
      vpcId: vpc.public.vpcId,
      region,
      port: server.port,
      trackingCidrs: access.trackingCidrs,
      sshCidrs: access.ssh.cidrs,
      instanceConnect: access.ssh.instanceConnect,
    });
    backendStore.allowFrom('tracking-server', securityGroup.securityGroupId);

    const files = trackingServerBundle();
    const bundle = new ServerBundle(this, 'server-bundle', {
      store: artifactStore,
      path: files.path,
      sha256: files.sha256,
    });
    const config: ServerConfig = {
      environment: environment.name,
      region,
      port: server.port,
      database: {
        host: backendStore.endpoint.host,
        port: backendStore.endpoint.port,
        name: backendStore.endpoint.databaseName,
        user: backendStore.endpoint.username,
        passwordSecretArn: backendStore.endpoint.secretArn,
      },
      artifacts: {
        bucket: artifactStore.bucketName,
        prefix: artifactStore.artifactPrefix,
        mode: server.artifactServing,
      },
      allowedHosts: [],
      corsAllowedOrigins: [],
      publicDns: true,
      sizing: {
        ...sizeServer({ instanceType: server.instanceType, databaseClass: database.instanceClass }),
        // Key by key: job processes are no part of it, and `refuseUnbuilt` has seen to them.
        ...(server.sizing?.workers && { workers: server.sizing.workers }),
        ...(server.sizing?.poolSize && { poolSize: server.sizing.poolSize }),
        ...(server.sizing?.maxOverflow && { maxOverflow: server.sizing.maxOverflow }),
      },
    };
    const instance = new ServerInstance(this, 'server', {
      name: 'mlflow_tracking-server',
      network: vpc.public,
      role,
      securityGroup,
      instanceType: server.instanceType,
      rootVolumeGiB: server.rootVolumeGiB,
      userData: renderUserData({ bundle, config }),
      sshPublicKey:
        access.sshPublicKey === undefined ? undefined : { name: `${name}-key-pair`, publicKey: access.sshPublicKey },
      after: [
        bundle.grantRead(role.roleName),
        artifactStore.grantArtifacts(role.roleName),
        backendStore.grantSecret(role.roleName),
      ],
    });

    watch(this, 'observability', {
      environment,
      artifactBucket: artifactStore.bucketName,
      instanceId: instance.instanceId,
    });
    connectionOutputs(this, { environment, artifactStore, endpoint: backendStore.endpoint, instance });
  }
}
