import { ServerLog, ServerRole, ServerSecret, ServerSecurityGroup, type MachineProps } from '@mlflow-on-aws/compute';
import type { Environment } from '@mlflow-on-aws/config';
import { ServerBundle, Wheelhouse } from '@mlflow-on-aws/storage';
import { renderUserData, trackingServerBundle, type ServerConfig } from '@mlflow-on-aws/tracking-server';
import type { Construct } from 'constructs';
import { baseName, serverLogGroup } from './names';
import type { PlacedNetwork } from './network';
import { serverSettings } from './server-settings';
import type { Stores } from './stores';

/** What every server of an environment is made of, and what they share. */
export interface Machine {
  /** How one is launched, alone or in a fleet. */
  readonly props: MachineProps;
  /** What it is told at boot. */
  readonly settings: ServerConfig;
}

/** Makes what servers need before they boot: a role with its grants, a security group, their files, secrets and log. */
export function prepareMachine(
  scope: Construct,
  environment: Environment,
  network: PlacedNetwork,
  stores: Stores,
): Machine {
  const { access, observability, server } = environment;
  const name = baseName(environment);
  const role = new ServerRole(scope, 'server-role', { name: `${name}-tracking-server` });
  const securityGroup = serverSecurityGroup(scope, environment, network);
  stores.backend.allowFrom('tracking-server', securityGroup.securityGroupId);
  network.endpoints?.allowFrom('tracking-server', securityGroup.securityGroupId);

  const { path, sha256 } = trackingServerBundle();
  const bundle = new ServerBundle(scope, 'server-bundle', { store: stores.artifacts, path, sha256 });
  const wheelhouse = server.wheelhouse
    ? new Wheelhouse(scope, 'wheelhouse', { url: server.wheelhouse, accountId: environment.accountId })
    : undefined;
  const adminSecret =
    access.authentication === 'basic-auth'
      ? new ServerSecret(scope, 'admin-secret', {
          name: `${name}-admin`,
          description: 'Administrator of MLflow: user name and password, and the key that its servers share',
          policyName: 'admin-secret',
          whyNotRotated:
            'MLflow keeps the password as a hash in its database: it is changed there, by its administrator.',
        })
      : undefined;
  const keysSecret = new ServerSecret(scope, 'keys-secret', {
    name: `${name}-keys`,
    description: 'Keys by which MLflow encrypts secrets of webhooks and keys of the AI gateway in its database',
    policyName: 'keys-secret',
    whyNotRotated: 'What is encrypted in the database needs the keys that it was encrypted with.',
  });
  const log =
    observability.serverLogs === 'cloudwatch'
      ? new ServerLog(scope, 'server-log', {
          name: serverLogGroup(environment),
          retentionDays: observability.logRetentionDays,
          kmsKeyArn: stores.kmsKeyArn,
        })
      : undefined;

  const settings = serverSettings(environment, stores, {
    adminSecretArn: adminSecret?.arn,
    keysSecretArn: keysSecret.arn,
    logGroup: log?.groupName,
  });
  return {
    settings,
    props: {
      role,
      securityGroup,
      instanceType: server.instanceType,
      cpuCredits: server.cpuCredits,
      rootVolumeGiB: server.rootVolumeGiB,
      userData: renderUserData({ bundle, config: settings, wheelhouse: server.wheelhouse }),
      sshPublicKey:
        access.sshPublicKey === undefined ? undefined : { name: `${name}-key-pair`, publicKey: access.sshPublicKey },
      after: [
        bundle.grantRead(role),
        stores.artifacts.grantArtifacts(role, {
          traceArchive: server.housekeeping?.archiveTracesAfterDays !== undefined,
        }),
        stores.backend.grantSecret(role),
        ...stores.backend.grantIamLogin(role),
        keysSecret.grant(role),
        ...(adminSecret ? [adminSecret.grant(role)] : []),
        ...(wheelhouse ? [wheelhouse.grantRead(role)] : []),
        ...(log ? [log.grant(role)] : []),
      ],
    },
  };
}

function serverSecurityGroup(scope: Construct, environment: Environment, network: PlacedNetwork): ServerSecurityGroup {
  const { access, loadBalancer, region, server } = environment;
  return new ServerSecurityGroup(scope, 'server-security-group', {
    name: `${baseName(environment)}-tracking-server`,
    vpcId: network.public.vpcId,
    region,
    port: server.port,
    // With a load balancer in front nobody else reaches a server.
    trackingCidrs: loadBalancer ? [] : access.trackingCidrs,
    prometheus: environment.server.prometheus,
    sshCidrs: access.ssh.cidrs,
    instanceConnect: access.ssh.instanceConnect,
  });
}
