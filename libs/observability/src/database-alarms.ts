import { Construct } from 'constructs';
import { alarmOf } from './alarm';
import { surplusCredits } from './cpu-credits';

/** The database that is watched. */
export interface DatabaseAlarmsProps {
  /** Beginning of every alarm's name. */
  readonly name: string;
  /** RDS instance identifier. */
  readonly identifier: string;
  /** Storage in GiB. */
  readonly allocatedStorageGiB: number;
  /** Connections that the instance takes. */
  readonly maxConnections: number;
  /** Memory of the instance in GiB. */
  readonly memoryGiB: number;
  /**
   * RDS instance identifier of a read replica.
   * @default - none
   */
  readonly replicaIdentifier?: string;
  /**
   * Whether the class earns CPU credits.
   * @default false
   */
  readonly burstable?: boolean;
  /** ARNs of what is told. @default - nobody */
  readonly notify?: readonly string[];
}

/** Alarms before the backend store fails: processor, storage, connections, memory, replica. */
export class DatabaseAlarms extends Construct {
  public constructor(scope: Construct, id: string, props: DatabaseAlarmsProps) {
    super(scope, id);
    const watched = {
      name: `${props.name}-database`,
      namespace: 'AWS/RDS',
      dimensions: { DBInstanceIdentifier: props.identifier },
      notify: props.notify,
    };

    alarmOf(this, 'cpu', watched, {
      metricName: 'CPUUtilization',
      description:
        'The database computes at more than 80 % for 15 minutes: take a larger instance class, or look for a search that scans.',
      statistic: 'Average',
      is: 'above',
      threshold: 80,
      minutes: 15,
    });
    alarmOf(this, 'storage', watched, {
      metricName: 'FreeStorageSpace',
      description:
        'Less than a tenth of the database’s storage is free: raise database.allocatedStorageGiB before writes are refused.',
      statistic: 'Minimum',
      is: 'below',
      threshold: Math.floor(props.allocatedStorageGiB * 1024 ** 3 * 0.1),
      minutes: 5,
    });
    alarmOf(this, 'connections', watched, {
      metricName: 'DatabaseConnections',
      description:
        'More than 80 % of the database’s connections are taken: fewer servers, smaller pools, or a larger instance class.',
      statistic: 'Maximum',
      is: 'above',
      threshold: Math.floor(props.maxConnections * 0.8),
      minutes: 5,
    });
    alarmOf(this, 'memory', watched, {
      metricName: 'FreeableMemory',
      description: 'Less than 5 % of the database’s memory is free for 15 minutes: take a larger instance class.',
      statistic: 'Average',
      is: 'below',
      threshold: Math.floor(props.memoryGiB * 1024 ** 3 * 0.05),
      minutes: 15,
    });
    if (props.burstable) {
      alarmOf(this, 'cpu-credits', watched, surplusCredits('database', 'instance class'));
    }
    if (props.replicaIdentifier !== undefined) {
      const replica = { ...watched, dimensions: { DBInstanceIdentifier: props.replicaIdentifier } };
      alarmOf(this, 'replica-lag', replica, {
        metricName: 'ReplicaLag',
        description: 'The read replica is more than ten minutes behind, and the servers read from the database itself.',
        statistic: 'Maximum',
        is: 'above',
        // Up to five minutes mean nothing: where nothing is written, the metric is the age of the last thing that was.
        // Source: Amazon RDS user guide, "Working with read replicas for Amazon RDS for PostgreSQL", limitations.
        threshold: 600,
        minutes: 5,
      });
    }
  }
}
