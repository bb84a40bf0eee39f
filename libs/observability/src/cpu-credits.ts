import type { AlarmProps, Watched } from './alarm';

/**
 * When a burstable machine in unlimited mode computes so much that it is billed for it: RDS knows no other mode.
 *
 * What it spent is billed only once it is more than a day earns. So the metric is 0 for a machine that has just been made, whose balance
 * is empty too. Sources: Amazon RDS user guide, "DB instance class types"; EC2 user guide, "Unlimited mode for burstable performance instances".
 * @param what what is told to compute too much
 * @param size what to make larger
 */
export function surplusCredits(what: string, size: string): Omit<AlarmProps, keyof Watched> {
  return {
    metricName: 'CPUSurplusCreditsCharged',
    description: `The ${what} computes more than its CPU credits of a day pay for, and AWS bills the rest: take a larger ${size}.`,
    statistic: 'Maximum',
    is: 'above',
    threshold: 0,
    minutes: 15,
  };
}
