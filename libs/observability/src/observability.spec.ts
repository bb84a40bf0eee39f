import { statements, Template } from '@mlflow-on-aws/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AlarmTopic } from './alarm-topic';
import { DatabaseAlarms, type DatabaseAlarmsProps } from './database-alarms';
import { LoadBalancerAlarms } from './load-balancer-alarms';
import { MachineAlarms } from './machine-alarms';
import { MonthlyBudget } from './monthly-budget';
import { ServerAlarms } from './server-alarms';
import { TrackingDashboard, type TrackingDashboardProps } from './tracking-dashboard';

const topicArn = 'arn:aws:sns:eu-west-1:123456789012:prod-mlflow-alarms';

const alarms = (template: Template) =>
  Object.fromEntries(
    Object.values(template.resources('aws_cloudwatch_metric_alarm')).map((alarm) => [
      alarm.alarm_name as string,
      alarm,
    ]),
  );

test('MachineAlarms and the dashboard show what the agent of the machines sends', () => {
  // Where the agent's configuration says what it sends.
  const agent = JSON.parse(
    readFileSync(join(__dirname, '../../tracking-server/server/cloudwatch-agent.json'), 'utf8'),
  ).metrics;
  const sent = Object.entries<{ measurement: string[] }>(agent.metrics_collected).flatMap(([name, { measurement }]) =>
    measurement.map((measured) => `${name}_${measured}`),
  );
  const all = alarms(
    Template.of((stack) => {
      new MachineAlarms(stack, 'alarms', { name: 'prod-mlflow', environment: 'prod', notify: [topicArn] });
    }),
  );
  expect(
    Object.values(all)
      .map(({ metric_name }) => metric_name)
      .sort(),
  ).toEqual(sent.sort());
  for (const alarm of Object.values(all)) {
    expect(alarm).toMatchObject({ namespace: agent.namespace, dimensions: { Environment: 'prod' } });
  }
});

describe('DatabaseAlarms', () => {
  const database = (more: Partial<DatabaseAlarmsProps> = {}) =>
    alarms(
      Template.of(
        (stack) =>
          void new DatabaseAlarms(stack, 'alarms', {
            name: 'prod-mlflow',
            identifier: 'prod-mlflow-backend-db',
            allocatedStorageGiB: 50,
            maxConnections: 400,
            memoryGiB: 4,
            notify: [topicArn],
            ...more,
          }),
      ),
    );

  it('goes off before storage, connections and memory run out, by what this instance has', () => {
    const all = database();
    expect(all['prod-mlflow-database-storage']).toMatchObject({
      metric_name: 'FreeStorageSpace',
      comparison_operator: 'LessThanThreshold',
      threshold: 5 * 1024 ** 3,
      dimensions: { DBInstanceIdentifier: 'prod-mlflow-backend-db' },
    });
    expect(all['prod-mlflow-database-connections']).toMatchObject({
      threshold: 320,
      comparison_operator: 'GreaterThanThreshold',
    });
    expect(all['prod-mlflow-database-memory']).toMatchObject({ threshold: Math.floor(0.2 * 1024 ** 3) });
  });

  it('tells when it begins and when it is over', () => {
    for (const alarm of Object.values(database())) {
      expect(alarm).toMatchObject({ alarm_actions: [topicArn], ok_actions: [topicArn] });
      expect(String(alarm.alarm_description)).toMatch(/: \w/); // what is wrong: what to do
    }
  });

  it('watches credits where there are some, and the replica’s lag where there is one', () => {
    expect(Object.keys(database())).not.toContain('prod-mlflow-database-cpu-credits');
    expect(Object.keys(database({ burstable: true }))).toContain('prod-mlflow-database-cpu-credits');
    expect(Object.keys(database())).not.toContain('prod-mlflow-database-replica-lag');
    expect(database({ replicaIdentifier: 'replica' })['prod-mlflow-database-replica-lag']).toMatchObject({
      dimensions: { DBInstanceIdentifier: 'replica' },
    });
  });
});

describe('LoadBalancerAlarms', () => {
  const all = alarms(
    Template.of(
      (stack) =>
        void new LoadBalancerAlarms(stack, 'alarms', {
          name: 'prod-mlflow',
          loadBalancer: 'app/prod-mlflow/1',
          targetGroup: 'targetgroup/prod-mlflow/2',
        }),
    ),
  );

  it('takes silence for the loss of every server', () => {
    expect(all['prod-mlflow-no-healthy-server']).toMatchObject({
      metric_name: 'HealthyHostCount',
      treat_missing_data: 'breaching',
      dimensions: { LoadBalancer: 'app/prod-mlflow/1', TargetGroup: 'targetgroup/prod-mlflow/2' },
    });
  });

  it('watches the slowest hundredth, not the average that hides it', () => {
    expect(all['prod-mlflow-latency']).toMatchObject({ extended_statistic: 'p99' });
    expect(all['prod-mlflow-latency']).not.toHaveProperty('statistic');
  });
});

test('ServerAlarms watches host and system, and no more than the free ten with the database’s', () => {
  const all = alarms(
    Template.of((stack) => {
      new ServerAlarms(stack, 'server', { name: 'dev-mlflow', instanceId: 'i-1', cpuCredits: 'unlimited' });
      new DatabaseAlarms(stack, 'database', {
        name: 'dev-mlflow',
        identifier: 'dev-mlflow-backend-db',
        allocatedStorageGiB: 20,
        maxConnections: 100,
        memoryGiB: 1,
        burstable: true,
      });
    }),
  );
  expect(Object.keys(all).length).toBeLessThanOrEqual(10);
  expect(all['dev-mlflow-server-host']).toMatchObject({ dimensions: { InstanceId: 'i-1' } });
});

describe('AlarmTopic', () => {
  const topic = (encrypted: boolean) =>
    Template.of(
      (stack) =>
        void new AlarmTopic(stack, 'topic', {
          name: 'prod-mlflow-alarms',
          accountId: '123456789012',
          email: 'team@example.com',
          encrypted,
        }),
    );

  it('takes messages from the alarms and budgets of its own account only', () => {
    expect(statements(topic(false).resource('aws_sns_topic_policy').policy)).toEqual([
      expect.objectContaining({
        Principal: { Service: ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'] },
        Action: 'sns:Publish',
        Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
      }),
    ]);
    expect(topic(false).resource('aws_sns_topic_subscription')).toMatchObject({
      protocol: 'email',
      endpoint: 'team@example.com',
    });
  });

  it('has a key, when asked, that the alarms may use: else they would be silent', () => {
    expect(topic(false).resources('aws_kms_key')).toEqual({});
    expect(statements(topic(true).resource('aws_kms_key').policy)).toContainEqual(
      expect.objectContaining({
        Principal: { Service: ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'] },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      }),
    );
  });
});

test('MonthlyBudget warns by forecast, and when most of it is spent', () => {
  const template = Template.of(
    (stack) => void new MonthlyBudget(stack, 'budget', { name: 'prod-mlflow', limitUsd: 150, topicArn }),
  );
  expect(template.resource('aws_budgets_budget')).toMatchObject({
    limit_amount: '150.00',
    time_unit: 'MONTHLY',
    notification: [
      { notification_type: 'FORECASTED', threshold: 100, subscriber_sns_topic_arns: [topicArn] },
      { notification_type: 'ACTUAL', threshold: 80 },
    ],
  });
});

describe('TrackingDashboard', () => {
  const panels = (more: Partial<TrackingDashboardProps>) =>
    JSON.parse(
      Template.of(
        (stack) =>
          void new TrackingDashboard(stack, 'dashboard', {
            name: 'prod-mlflow',
            region: 'eu-west-1',
            databaseIdentifier: 'prod-mlflow-backend-db',
            artifactBucket: 'artifacts',
            ...more,
          }),
      ).resource('aws_cloudwatch_dashboard').dashboard_body as string,
    ).widgets as { x: number; y: number; properties: { title: string; metrics: unknown[][] } }[];

  it('shows the single server or the load balancer, and the stores', () => {
    const metrics = (more: Partial<TrackingDashboardProps>) =>
      panels(more).flatMap(({ properties }) => properties.metrics.map(([namespace]) => namespace));
    expect(metrics({ instanceId: 'i-1' })).toEqual(expect.arrayContaining(['AWS/EC2', 'AWS/RDS', 'AWS/S3']));
    const fleet = metrics({ loadBalancer: { loadBalancer: 'app/x/1', targetGroup: 'targetgroup/x/2' } });
    expect(fleet).toContain('AWS/ApplicationELB');
    expect(fleet).not.toContain('AWS/EC2');
  });

  it('gives every period as the number that CloudWatch documents', () => {
    // Source: CloudWatch API reference, "Dashboard body structure and syntax", metrics array.
    const options = panels({ instanceId: 'i-1' }).flatMap(({ properties }) => [
      properties,
      ...properties.metrics.map((line) => line.at(-1)),
    ]);
    const periods = options.flatMap((option) =>
      Object(option) === option ? [(option as { period?: unknown }).period] : [],
    );
    expect(periods.filter((period) => period !== undefined).map((period) => typeof period)).not.toContain('string');
    expect(periods).toContain(86_400);
  });

  it('lays no panel over another', () => {
    const places = panels({ instanceId: 'i-1' }).map(({ x, y }) => `${x},${y}`);
    expect(new Set(places).size).toBe(places.length);
  });
});
