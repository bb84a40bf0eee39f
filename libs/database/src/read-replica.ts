import { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import type { DbInstanceConfig } from '@cdktf/provider-aws/lib/db-instance';
import { acceptFindings } from '@mlflow-on-aws/foundation';
import { Construct } from 'constructs';

/** What is copied, and by an instance of which kind. */
export interface ReadReplicaProps extends Pick<
  DbInstanceConfig,
  | 'instanceClass'
  | 'iamDatabaseAuthenticationEnabled'
  | 'port'
  | 'storageType'
  | 'maxAllocatedStorage'
  | 'parameterGroupName'
  | 'vpcSecurityGroupIds'
  | 'autoMinorVersionUpgrade'
  | 'maintenanceWindow'
  | 'performanceInsightsEnabled'
  | 'enabledCloudwatchLogsExports'
  | 'monitoringInterval'
  | 'monitoringRoleArn'
  | 'dependsOn'
> {
  /** The instance that it follows. */
  readonly source: DbInstance;
  /** RDS instance identifier, unique in the account and region. */
  readonly identifier: string;
  /** Findings of the policy scanner that its source has too, and why they are accepted. */
  readonly accepted: Readonly<Record<string, string>>;
}

/**
 * A copy of a database that follows it within moments, to read from. It has no data of its own: nothing protects it, and nothing is
 * left of it. Subnets, storage, encryption, users and passwords are those of its source.
 */
export class ReadReplica extends Construct {
  /** DNS name that its certificate is issued for. */
  public readonly host: string;
  /** By which IAM policies name it. */
  public readonly resourceId: string;

  public constructor(scope: Construct, id: string, { source, accepted, ...settings }: ReadReplicaProps) {
    super(scope, id);
    const instance = new DbInstance(this, 'instance', {
      ...settings,
      replicateSourceDb: source.identifier,
      backupRetentionPeriod: 0,
      storageEncrypted: true,
      publiclyAccessible: false,
      copyTagsToSnapshot: true,
      skipFinalSnapshot: true,
      applyImmediately: true,
      // A source that goes leaves a database of its own behind: the replica of another source is another replica.
      // Source: Amazon RDS user guide, "Working with DB instance read replicas", deleting the source.
      lifecycle: { replaceTriggeredBy: [`${source.terraformResourceType}.${source.friendlyUniqueId}.resource_id`] },
    });
    this.host = instance.address;
    this.resourceId = instance.resourceId;
    const copy = 'It is a copy: what it holds is at its source, and servers read there while it is away.';
    acceptFindings(instance, { ...accepted, CKV_AWS_133: copy, CKV_AWS_157: copy, CKV_AWS_293: copy });
  }
}
