import { databaseMemoryGiB, parseEnvironment, templates, type EnvironmentInput } from '@mlflow-on-aws/config';
import { Template, testApp } from '@mlflow-on-aws/testing';

import { TrackingEnvironment } from './tracking-environment';

const day = 24 * 60;
const gib = 1024 ** 3;
/** Minutes until the servers of a new environment answer. */
const boot = 10;

/**
 * What CloudWatch shows of a healthy environment from the minute on that it is made; undefined is no data.
 *
 * T3 and T4g start without credits and earn some each hour; what unlimited mode spends beforehand is not billed while the day's earnings pay
 * for it. Source: EC2 user guide, "Key concepts for burstable performance instances".
 */
const healthy = (databaseClass: string): Readonly<Record<string, (minute: number) => number | undefined>> => ({
  CPUUtilization: (minute) => (minute < boot ? 100 : 6),
  CPUCreditBalance: (minute) => Math.max(0, ((minute - boot) * 6) / 60),
  CPUSurplusCreditsCharged: () => 0,
  FreeStorageSpace: () => 17 * gib,
  FreeableMemory: () => 0.15 * databaseMemoryGiB(databaseClass) * gib,
  DatabaseConnections: (minute) => (minute < boot ? 0 : 20),
  ReplicaLag: () => 300,
  StatusCheckFailed_System: (minute) => (minute < 2 ? undefined : 0),
  StatusCheckFailed_Instance: (minute) => (minute < 2 ? undefined : 0),
  HealthyHostCount: (minute) => (minute < boot ? 0 : 2),
  HTTPCode_Target_5XX_Count: () => undefined,
  TargetResponseTime: (minute) => (minute < boot ? undefined : 0.2),
  mem_used_percent: (minute) => (minute < boot ? undefined : 60),
  disk_used_percent: (minute) => (minute < boot ? undefined : 40),
});

interface Alarm {
  alarm_name: string;
  metric_name: string;
  comparison_operator: string;
  threshold: number;
  period: number;
  evaluation_periods: number;
  treat_missing_data: string;
  depends_on?: string[];
}

/** The first minute in which an alarm goes off; undefined for none in a day. */
function goesOff(alarm: Alarm, metric?: (minute: number) => number | undefined): number | undefined {
  if (metric === undefined) throw new Error(`got no day of ${alarm.metric_name}, want one`);
  const length = alarm.period / 60;
  const breaches = (start: number) => {
    const values = Array.from({ length }, (_, i) => metric(start + i)).filter((value) => value !== undefined);
    if (values.length === 0) return alarm.treat_missing_data === 'breaching';
    return alarm.comparison_operator === 'GreaterThanThreshold'
      ? Math.max(...values) > alarm.threshold
      : Math.max(...values) < alarm.threshold;
  };
  // An alarm that waits for the servers is made when they answer.
  const made = alarm.depends_on?.some((address) => address.startsWith('aws_autoscaling_group.')) ? boot : 0;
  const window = length * alarm.evaluation_periods;
  for (let now = made + window; now <= day; now += length) {
    const starts = Array.from({ length: alarm.evaluation_periods }, (_, i) => now - window + i * length);
    if (starts.every(breaches)) return now;
  }
  return undefined;
}

const identity = { accountId: '123456789012', region: 'us-east-1' } as const;
const environments: Readonly<Record<string, EnvironmentInput>> = {
  dev: { ...identity, name: 'dev', template: 'free-tier' },
  'dev without unlimited credits': {
    ...identity,
    name: 'dev',
    template: 'free-tier',
    server: { cpuCredits: 'standard' },
  },
  prod: {
    ...identity,
    name: 'prod',
    template: 'production',
    access: { trackingCidrs: ['203.0.113.0/24'] },
    loadBalancer: { domainName: 'mlflow.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' },
    database: { password: 'secrets-manager', readReplica: true },
  },
};
const alarmsOf = (input: EnvironmentInput) =>
  Object.values(
    Template.fromStack(
      new TrackingEnvironment(testApp(), input.name, parseEnvironment(input, 'environment.ts')),
    ).resources('aws_cloudwatch_metric_alarm'),
  ) as unknown as Alarm[];

describe.each(Object.entries(environments))('the first day of %s', (_, input) => {
  const alarms = alarmsOf(input);
  const metrics = healthy(input.database?.instanceClass ?? templates[input.template].database.instanceClass);

  it('is quiet', () => {
    const loud = alarms
      .filter((alarm) => goesOff(alarm, metrics[alarm.metric_name]) !== undefined)
      .map(({ alarm_name }) => alarm_name);
    expect(loud).toEqual([]);
  });

  it('is not quiet when something is wrong', () => {
    for (const alarm of alarms) {
      const wrong = alarm.comparison_operator === 'GreaterThanThreshold' ? alarm.threshold + 1 : alarm.threshold - 1;
      expect([alarm.alarm_name, goesOff(alarm, () => wrong)]).toEqual([alarm.alarm_name, expect.any(Number)]);
    }
  });
});

it('says of the database that it is billed, as RDS has no credits that run out', () => {
  const [credits] = alarmsOf(environments.prod!).filter(({ alarm_name }) =>
    alarm_name.endsWith('database-cpu-credits'),
  );
  expect(credits).toMatchObject({
    metric_name: 'CPUSurplusCreditsCharged',
    comparison_operator: 'GreaterThanThreshold',
  });
  expect(String((credits as unknown as { alarm_description: string }).alarm_description)).toContain('AWS bills');
});
