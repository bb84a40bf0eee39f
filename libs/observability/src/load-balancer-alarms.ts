import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { alarmOf } from './alarm';

/** The load balancer and the fleet that are watched. */
export interface LoadBalancerAlarmsProps {
  /** Beginning of every alarm's name. */
  readonly name: string;
  /** Last part of the load balancer's ARN, such as `app/prod-mlflow/50dc6c495c0c9188`. */
  readonly loadBalancer: string;
  /** Last part of the target group's ARN, such as `targetgroup/prod-mlflow/73e2d6bc24d8a067`. */
  readonly targetGroup: string;
  /** ARNs of what is told. @default - nobody */
  readonly notify?: readonly string[];
  /** The servers: without them nobody is healthy yet. @default - they are there */
  readonly after?: ITerraformDependable[];
}

/** Alarms of what clients feel: no server, errors, waiting. */
export class LoadBalancerAlarms extends Construct {
  public constructor(scope: Construct, id: string, props: LoadBalancerAlarmsProps) {
    super(scope, id);
    const watched = {
      name: props.name,
      namespace: 'AWS/ApplicationELB',
      dimensions: { LoadBalancer: props.loadBalancer, TargetGroup: props.targetGroup },
      notify: props.notify,
    };

    alarmOf(this, 'no-healthy-server', watched, {
      metricName: 'HealthyHostCount',
      description:
        'No server answers its health check: look at the instance refresh and at the servers’ logs, then at the database.',
      statistic: 'Maximum',
      is: 'below',
      threshold: 1,
      minutes: 3,
      withoutData: 'breaching',
      after: props.after,
    });
    alarmOf(this, 'errors', watched, {
      metricName: 'HTTPCode_Target_5XX_Count',
      description:
        'More than 20 requests in five minutes failed in the servers, three times in a row: the servers’ logs say why.',
      statistic: 'Sum',
      is: 'above',
      threshold: 20,
      minutes: 15,
    });
    alarmOf(this, 'latency', watched, {
      metricName: 'TargetResponseTime',
      description:
        'One request in a hundred waits for more than 5 seconds: let the fleet grow, or look at the database.',
      statistic: 'p99',
      is: 'above',
      threshold: 5,
      minutes: 15,
    });
  }
}
