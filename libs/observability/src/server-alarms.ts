import { Construct } from 'constructs';
import { alarmOf } from './alarm';
import { surplusCredits } from './cpu-credits';

/** The single server that is watched. */
export interface ServerAlarmsProps {
  /** Beginning of every alarm's name. */
  readonly name: string;
  /** Id of the EC2 instance. */
  readonly instanceId: string;
  /**
   * What happens when a type that earns CPU credits has none left: it is slow, or more is billed.
   * @default - the type earns none
   */
  readonly cpuCredits?: 'standard' | 'unlimited';
  /** ARNs of what is told. @default - nobody */
  readonly notify?: readonly string[];
}

/**
 * Alarms of one server without a load balancer.
 *
 * EC2 starts it on another host by itself when the host fails.
 * Source: EC2 user guide, "Simplified automatic recovery".
 */
export class ServerAlarms extends Construct {
  public constructor(scope: Construct, id: string, props: ServerAlarmsProps) {
    super(scope, id);
    const watched = {
      name: `${props.name}-server`,
      namespace: 'AWS/EC2',
      dimensions: { InstanceId: props.instanceId },
      notify: props.notify,
    };
    alarmOf(this, 'host', watched, {
      description:
        'The host of the server fails its checks; the server is started on another by itself. Runs are in the stores.',
      metricName: 'StatusCheckFailed_System',
      statistic: 'Maximum',
      is: 'above',
      threshold: 0,
      minutes: 2,
    });
    alarmOf(this, 'system', watched, {
      description:
        'The server’s system does not answer: look at its log by the shell_command of the outputs, then reboot the instance.',
      metricName: 'StatusCheckFailed_Instance',
      statistic: 'Maximum',
      is: 'above',
      threshold: 0,
      minutes: 3,
    });
    if (props.cpuCredits === 'unlimited') {
      alarmOf(this, 'cpu-credits', watched, surplusCredits('server', 'instance type'));
    } else if (props.cpuCredits === 'standard') {
      alarmOf(this, 'cpu-credits', watched, {
        description:
          'The server has no CPU credits left and is slow: wait for a quiet hour, or take a larger instance type.',
        metricName: 'CPUCreditBalance',
        statistic: 'Average',
        is: 'below',
        // T3 starts without credits and earns some each hour: a healthy server has more than this within its first hour or two.
        threshold: 5,
        minutes: 180,
      });
    }
  }
}
