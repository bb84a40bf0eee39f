import { DataAwsDbSnapshot } from '@cdktf/provider-aws/lib/data-aws-db-snapshot';
import { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group';
import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import type { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import {
  acceptFindings,
  assumedByService,
  grantTo,
  logGroup,
  type DatabaseEndpoint,
  type Grantee,
  type NetworkPlacement,
} from '@mlflow-on-aws/foundation';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { MasterPassword } from './master-password';
import { ReadReplica } from './read-replica';

/** How a backend store is built. */
export interface BackendStoreProps {
  /** Where the instance may stand: subnets of at least two Availability Zones. */
  readonly network: NetworkPlacement;
  /** RDS instance identifier, unique in the account and region. */
  readonly identifier: string;
  /** Name of the PostgreSQL database made at the start. */
  readonly databaseName: string;
  /** Master user, whom MLflow connects as. */
  readonly username: string;
  /** TCP port. */
  readonly port: number;
  /** PostgreSQL version, major or major.minor. */
  readonly engineVersion: string;
  /** RDS instance class. */
  readonly instanceClass: string;
  /** Storage in GiB. */
  readonly allocatedStorageGiB: number;
  /** General purpose volume type. */
  readonly storageType: 'gp2' | 'gp3';
  /** Days that automated backups are kept; 0 turns them off. */
  readonly backupRetentionDays: number;
  /**
   * Limit in GiB up to which RDS grows the storage by itself.
   * @default - it does not grow
   */
  readonly maxAllocatedStorageGiB?: number;
  /**
   * Keep a standby in another Availability Zone.
   * @default false
   */
  readonly multiAz?: boolean;
  /**
   * Daily backup window, UTC, such as `01:00-02:00`.
   * @default - RDS chooses
   */
  readonly backupWindow?: string;
  /**
   * Weekly maintenance window, UTC, such as `sun:03:00-sun:04:00`.
   * @default - RDS chooses
   */
  readonly maintenanceWindow?: string;
  /**
   * Keep seven days of what the database waited for.
   * @default false
   */
  readonly performanceInsights?: boolean;
  /**
   * PostgreSQL logs sent to CloudWatch: `postgresql`, `upgrade`; how many days they are kept, and the KMS key that encrypts them.
   * @default - none
   */
  readonly logs?: {
    readonly exports: readonly string[];
    readonly retentionDays: number;
    /** @default - CloudWatch's own key */
    readonly kmsKeyArn?: string;
  };
  /**
   * Seconds between two points of the operating system's metrics; 0 turns them off.
   * @default 0
   */
  readonly enhancedMonitoringSeconds?: number;
  /**
   * Refuse to delete the instance, in Terraform and in RDS.
   * @default false
   */
  readonly protect?: boolean;
  /**
   * Take a snapshot when the instance is deleted.
   * @default false
   */
  readonly finalSnapshot?: boolean;
  /**
   * Let the servers log in with IAM tokens. The role that they log in as is made by the first of them.
   * @default - they log in with the password
   */
  readonly iam?: {
    readonly region: string;
    /** AWS account, 12 digits. */
    readonly accountId: string;
  };
  /**
   * Snapshot, by identifier or ARN, that the instance is made from; looked at when it is made and never again.
   * @default - an empty database
   */
  readonly restoreFromSnapshot?: string;
  /**
   * Who makes the password and replaces it: RDS, or the servers in a secret of ours, which a read replica needs.
   * @default rds-managed
   */
  readonly password?: 'rds-managed' | 'secrets-manager';
  /**
   * Make a second instance that follows this one, to read from; needs the password in a secret of ours.
   * @default false
   */
  readonly readReplica?: boolean;
}

/** Beginning of the names of an instance's log groups, which RDS chooses. */
export function logGroupPrefix(identifier: string): string {
  return `/aws/rds/instance/${identifier}`;
}

/** RDS instance identifier of an instance's read replica. */
export function replicaIdentifier(identifier: string): string {
  return `${identifier}-replica`;
}

/** The backend store: a private RDS PostgreSQL instance that accepts TLS only and whose password is in Secrets Manager only. */
export class BackendStore extends Construct {
  /** How a server reaches the database. */
  public readonly endpoint: DatabaseEndpoint;
  /** RDS instance identifier of the read replica, if there is one. */
  public readonly replicaIdentifier: string | undefined;
  private readonly iamUserArns: readonly string[];
  private readonly securityGroup: SecurityGroup;
  private readonly ownSecret: MasterPassword | undefined;

  public constructor(scope: Construct, id: string, props: BackendStoreProps) {
    super(scope, id);
    const { identifier } = props;

    this.securityGroup = new SecurityGroup(this, 'security-group', {
      namePrefix: `${identifier}-`,
      description: 'MLflow backend store: PostgreSQL from the tracking server only',
      vpcId: props.network.vpcId,
      tags: { Name: identifier },
      lifecycle: { createBeforeDestroy: true },
    });
    const subnets = new DbSubnetGroup(this, 'subnet-group', {
      name: identifier,
      description: 'Private subnets of the MLflow backend store',
      subnetIds: props.network.subnetIds,
    });
    const parameters = this.parameterGroup('parameter-group', identifier, props.engineVersion);
    const monitoringRoleArn = props.enhancedMonitoringSeconds ? this.monitoringRole(identifier).arn : undefined;
    this.ownSecret =
      props.password === 'secrets-manager'
        ? new MasterPassword(this, 'password', { name: identifier, username: props.username })
        : undefined;
    // RDS would make them without an end. Source: Amazon RDS user guide, "Publishing PostgreSQL logs to Amazon CloudWatch Logs".
    const { exports: logs, ...kept } = props.logs ?? { exports: [], retentionDays: 1 };
    const logGroups = (of: string, id: string) =>
      logs.map((log) => logGroup(this, `${id}-${log}`, { ...kept, name: `${logGroupPrefix(of)}/${log}` }));
    const instance = new DbInstance(this, 'instance', {
      identifier,
      engine: 'postgres',
      engineVersion: props.engineVersion,
      instanceClass: props.instanceClass,
      dbName: props.databaseName,
      username: props.username,
      // By RDS, or handed over by a write-only argument: Terraform keeps no password.
      ...(this.ownSecret
        ? { passwordWo: this.ownSecret.value, passwordWoVersion: 1 }
        : { manageMasterUserPassword: true }),
      iamDatabaseAuthenticationEnabled: props.iam !== undefined,
      port: props.port,
      allocatedStorage: this.storageOf(props),
      storageType: props.storageType,
      storageEncrypted: true,
      dbSubnetGroupName: subnets.name,
      parameterGroupName: parameters.name,
      vpcSecurityGroupIds: [this.securityGroup.id],
      publiclyAccessible: false,
      multiAz: props.multiAz ?? false,
      maxAllocatedStorage: props.maxAllocatedStorageGiB,
      backupRetentionPeriod: props.backupRetentionDays,
      backupWindow: props.backupWindow,
      maintenanceWindow: props.maintenanceWindow,
      performanceInsightsEnabled: props.performanceInsights ?? false,
      enabledCloudwatchLogsExports: logs.length ? [...logs] : undefined,
      dependsOn: logGroups(identifier, 'log-group'),
      copyTagsToSnapshot: true,
      // RDS would upgrade a minor version that is held, and every plan from then on would ask for a downgrade, which RDS refuses.
      autoMinorVersionUpgrade: !holdsMinor(props.engineVersion),
      // A change of the major version is asked for by `database.engineVersion` and read in a plan; without this RDS refuses it.
      allowMajorVersionUpgrade: true,
      deletionProtection: props.protect ?? false,
      skipFinalSnapshot: !props.finalSnapshot,
      // Drawn when the instance is made, so that each leaves a snapshot of its own: RDS deletes no instance into a name that is taken. The time
      // is that of the apply: a plan that is made again is the same plan.
      finalSnapshotIdentifier: `${identifier}-final-\${formatdate("YYYYMMDDhhmmss", timestamp())}`,
      deleteAutomatedBackups: !props.finalSnapshot,
      snapshotIdentifier: props.restoreFromSnapshot,
      monitoringInterval: props.enhancedMonitoringSeconds,
      monitoringRoleArn,
      // Without it a change waits for the maintenance window and the next plan shows it again.
      applyImmediately: true,
      lifecycle: {
        ...(props.protect && { preventDestroy: true }),
        ignoreChanges: [
          'final_snapshot_identifier',
          // The line that names the snapshot may go when the data is there.
          ...(props.restoreFromSnapshot === undefined ? [] : ['snapshot_identifier']),
        ],
      },
    });
    const accepted = acceptedOfEvery(props);
    acceptFindings(instance, {
      ...accepted,
      ...(!props.multiAz && { CKV_AWS_157: 'A standby doubles the bill, which the free tier leaves out.' }),
      ...(!props.protect && { CKV_AWS_293: 'An environment that is not protected goes with one destroy.' }),
    });

    const replica = props.readReplica
      ? new ReadReplica(this, 'replica', {
          source: instance,
          identifier: replicaIdentifier(identifier),
          instanceClass: props.instanceClass,
          iamDatabaseAuthenticationEnabled: props.iam !== undefined,
          port: props.port,
          storageType: props.storageType,
          maxAllocatedStorage: props.maxAllocatedStorageGiB,
          // What is read there for long is not cancelled by what the source tidies up.
          parameterGroupName: this.parameterGroup(
            'replica-parameter-group',
            replicaIdentifier(identifier),
            props.engineVersion,
            { name: 'hot_standby_feedback', value: '1' },
          ).name,
          vpcSecurityGroupIds: [this.securityGroup.id],
          autoMinorVersionUpgrade: !holdsMinor(props.engineVersion),
          maintenanceWindow: props.maintenanceWindow,
          performanceInsightsEnabled: props.performanceInsights ?? false,
          enabledCloudwatchLogsExports: logs.length ? [...logs] : undefined,
          dependsOn: logGroups(replicaIdentifier(identifier), 'replica-log-group'),
          monitoringInterval: props.enhancedMonitoringSeconds,
          monitoringRoleArn,
          accepted,
        })
      : undefined;
    this.replicaIdentifier = replica && replicaIdentifier(identifier);

    // Source: Amazon RDS user guide, "Creating and using an IAM policy for IAM database access".
    const { iam } = props;
    const iamUser = iam && `${props.username}_iam`;
    const resourceIds = [instance.resourceId, ...(replica ? [replica.resourceId] : [])];
    this.iamUserArns = iam
      ? resourceIds.map((id) => `arn:aws:rds-db:${iam.region}:${iam.accountId}:dbuser:${id}/${iamUser}`)
      : [];
    this.endpoint = {
      host: instance.address,
      replicaHost: replica?.host,
      port: props.port,
      databaseName: props.databaseName,
      username: props.username,
      secretArn: this.ownSecret?.secretArn ?? instance.masterUserSecret.get(0).secretArn,
      iamUser,
    };
  }

  /**
   * The storage that RDS is asked for. An instance that is made from a snapshot has the snapshot's size at least: RDS refuses to make it
   * smaller, after the instance before it is gone. Source: Amazon RDS API reference, "RestoreDBInstanceFromDBSnapshot".
   */
  private storageOf({ allocatedStorageGiB, maxAllocatedStorageGiB, restoreFromSnapshot }: BackendStoreProps): number {
    if (restoreFromSnapshot === undefined) return allocatedStorageGiB;
    const snapshot = new DataAwsDbSnapshot(this, 'snapshot', { dbSnapshotIdentifier: restoreFromSnapshot });
    const most = maxAllocatedStorageGiB ?? allocatedStorageGiB;
    const keys = maxAllocatedStorageGiB === undefined ? 'allocatedStorageGiB' : 'maxAllocatedStorageGiB';
    snapshot.lifecycle = {
      postcondition: [
        {
          condition: `\${self.allocated_storage <= ${most}}`,
          errorMessage:
            `database.${keys}: got ${most}, want at least the size of the snapshot "${restoreFromSnapshot}", ` +
            '${self.allocated_storage} GiB: RDS makes no instance smaller than its snapshot',
        },
      ],
    };
    return Token.asNumber(`\${max(${allocatedStorageGiB}, ${snapshot.fqn}.allocated_storage)}`);
  }

  /** Opens the way from the members of a security group to the database, on both sides; nobody else gets in. */
  public allowFrom(id: string, securityGroupId: string): void {
    const port = this.endpoint.port;
    const rule = { ipProtocol: 'tcp', fromPort: port, toPort: port };
    new VpcSecurityGroupIngressRule(this, `from-${id}`, {
      ...rule,
      securityGroupId: this.securityGroup.id,
      referencedSecurityGroupId: securityGroupId,
      description: 'PostgreSQL from the tracking server',
    });
    new VpcSecurityGroupEgressRule(this, `to-backend-store-of-${id}`, {
      ...rule,
      securityGroupId,
      referencedSecurityGroupId: this.securityGroup.id,
      description: 'PostgreSQL to the backend store',
    });
  }

  private parameterGroup(
    id: string,
    identifier: string,
    engineVersion: string,
    ...more: { name: string; value: string }[]
  ): DbParameterGroup {
    return new DbParameterGroup(this, id, {
      // A new major version needs a group of a new family while the old one is still in use.
      namePrefix: `${identifier}-`,
      family: `postgres${engineVersion.split('.')[0]}`,
      description: 'MLflow backend store: TLS only',
      // Source: Amazon RDS user guide, "Requiring an SSL connection to a PostgreSQL DB instance".
      parameter: [
        { name: 'rds.force_ssl', value: '1' },
        // What explains a slow day: statements over a second, waits for locks, changes of the schema, sorts on disk.
        { name: 'log_min_duration_statement', value: '1000' },
        { name: 'log_lock_waits', value: '1' },
        { name: 'log_statement', value: 'ddl' },
        { name: 'log_temp_files', value: '10240' },
        ...more,
      ],
      lifecycle: { createBeforeDestroy: true },
    });
  }

  /** Source: Amazon RDS user guide, "Setting up and enabling Enhanced Monitoring". */
  private monitoringRole(identifier: string): IamRole {
    const role = new IamRole(this, 'monitoring-role', {
      name: `${identifier}-monitoring`,
      description: 'Metrics of the operating system under the MLflow backend store',
      assumeRolePolicy: assumedByService('monitoring.rds.amazonaws.com'),
    });
    new IamRolePolicyAttachment(this, 'monitoring-policy', {
      role: role.name,
      policyArn: 'arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole',
    });
    return role;
  }

  /** Lets a role read the database's password, at every rotation again; one in a secret of ours it may also replace. */
  public grantSecret(role: Grantee): IamRolePolicy {
    return grantTo(this, role, {
      id: 'secret',
      name: 'backend-store-secret',
      statements: [
        {
          Sid: 'BackendStoreSecret',
          Action: [
            ...['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
            ...(this.ownSecret ? ['secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'] : []),
          ],
          Resource: this.endpoint.secretArn,
        },
      ],
    });
  }

  /** Lets a role log in with tokens as the one PostgreSQL role that takes them; nothing where none does. */
  public grantIamLogin(role: Grantee): readonly IamRolePolicy[] {
    if (this.iamUserArns.length === 0) return [];
    return [
      grantTo(this, role, {
        id: 'iam-login',
        name: 'backend-store-login',
        statements: [{ Sid: 'BackendStoreLogin', Action: 'rds-db:connect', Resource: this.iamUserArns }],
      }),
    ];
  }
}

/** Whether a version such as `17.6` holds a minor version, where `17` takes what RDS has. */
function holdsMinor(engineVersion: string): boolean {
  return engineVersion.includes('.');
}

/** What the policy scanner finds on the instance, and on a replica of it. */
function acceptedOfEvery(props: BackendStoreProps): Readonly<Record<string, string>> {
  return {
    ...(!props.iam && {
      CKV_AWS_161:
        'MLflow logs in with a password that is rotated; to check tokens takes memory that a small class lacks.',
    }),
    ...(props.performanceInsights
      ? {
          CKV_AWS_354:
            'What the database waited for, kept for seven days, is encrypted with the key that RDS has for it.',
        }
      : { CKV_AWS_353: 'Not asked for by `database.performanceInsights`: the free tier leaves it out.' }),
    ...(!props.logs?.exports.length && {
      CKV_AWS_129: 'Logs in CloudWatch are billed by the gigabyte; RDS keeps three days of them.',
    }),
    ...(!props.enhancedMonitoringSeconds && {
      CKV_AWS_118: 'Enhanced monitoring is billed as logs, which the free tier leaves out.',
    }),
  };
}
