import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';

/** One metric of CloudWatch and the resource that it is about. */
export interface Metric {
  /** Such as `AWS/RDS`. */
  readonly namespace: string;
  /** Such as `CPUUtilization`. */
  readonly metricName: string;
  /** Such as `{ DBInstanceIdentifier: "dev-mlflow-backend-db" }`. */
  readonly dimensions: Readonly<Record<string, string>>;
}

/** When an alarm goes off. */
export interface AlarmProps extends Metric {
  /** Name of the alarm, unique in the account and region. */
  readonly name: string;
  /** What is wrong, and what to do now: it is in the mail. */
  readonly description: string;
  /** `Average`, `Maximum`, or a percentile such as `p99`. */
  readonly statistic: string;
  /** `above` or `below` the threshold. */
  readonly is: 'above' | 'below';
  /** In the metric's own unit. */
  readonly threshold: number;
  /** Minutes in a row, out of five-minute points, or single ones when fewer than five. */
  readonly minutes: number;
  /**
   * What no data means: nothing was asked, or nothing is there to answer.
   * @default "notBreaching"
   */
  readonly withoutData?: 'notBreaching' | 'breaching';
  /**
   * ARNs of what is told when it goes off and when it is over, such as an SNS topic.
   * @default - nobody: the alarm is shown only
   */
  readonly notify?: readonly string[];
  /**
   * What has to be there before it is watched: an alarm of what is still being made would go off.
   * @default - nothing
   */
  readonly after?: ITerraformDependable[];
}

/** What is watched together: the names of its alarms begin alike, and the same are told. */
export interface Watched {
  /** Beginning of every alarm's name, such as `dev-mlflow-database`. */
  readonly name: string;
  /** Such as `AWS/RDS`. */
  readonly namespace: string;
  /** Which resource it is. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** ARNs of what is told. @default - nobody */
  readonly notify?: readonly string[];
}

/** Makes an alarm whose name ends with its id. */
export function alarmOf(
  scope: Construct,
  id: string,
  watched: Watched,
  props: Omit<AlarmProps, keyof Watched>,
): CloudwatchMetricAlarm {
  return alarm(scope, id, { ...watched, ...props, name: `${watched.name}-${id}` });
}

/** Makes an alarm. A standard-resolution alarm counts as one of the ten that are free. */
export function alarm(scope: Construct, id: string, props: AlarmProps): CloudwatchMetricAlarm {
  const periodSeconds = props.minutes < 5 ? 60 : 300;
  const percentile = /^p\d/.test(props.statistic);
  return new CloudwatchMetricAlarm(scope, id, {
    alarmName: props.name,
    alarmDescription: props.description,
    namespace: props.namespace,
    metricName: props.metricName,
    dimensions: { ...props.dimensions },
    ...(percentile ? { extendedStatistic: props.statistic } : { statistic: props.statistic }),
    comparisonOperator: props.is === 'above' ? 'GreaterThanThreshold' : 'LessThanThreshold',
    threshold: props.threshold,
    period: periodSeconds,
    evaluationPeriods: (props.minutes * 60) / periodSeconds,
    treatMissingData: props.withoutData ?? 'notBreaching',
    alarmActions: [...(props.notify ?? [])],
    okActions: [...(props.notify ?? [])],
    dependsOn: props.after,
  });
}
