import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';
import { machineMetrics } from './machine-alarms';

/** What the dashboard shows. */
export interface TrackingDashboardProps {
  /** Name of the dashboard, unique in the account. */
  readonly name: string;
  /** AWS region of what is shown. */
  readonly region: string;
  /** RDS instance identifier of the backend store. */
  readonly databaseIdentifier: string;
  /** Bucket of the artifact store. */
  readonly artifactBucket: string;
  /**
   * Id of the EC2 instance, of a single server.
   * @default - a fleet behind a load balancer
   */
  readonly instanceId?: string;
  /**
   * Last parts of the ARNs of load balancer and target group.
   * @default - a single server
   */
  readonly loadBalancer?: { readonly loadBalancer: string; readonly targetGroup: string };
  /**
   * Environment that the machines name in what they measure themselves.
   * @default - they measure nothing
   */
  readonly machinesOf?: string;
}

type Line = readonly [
  namespace: string,
  metric: string,
  ...dimensions: (string | Readonly<Record<string, string | number>>)[],
];

/** One CloudWatch dashboard of server, backend store and artifact store; three per account are free. */
export class TrackingDashboard extends Construct {
  public constructor(scope: Construct, id: string, props: TrackingDashboardProps) {
    super(scope, id);
    const database = ['DBInstanceIdentifier', props.databaseIdentifier];
    const rds = (metric: string, options = {}): Line => ['AWS/RDS', metric, ...database, options];
    const panels: [title: string, lines: Line[]][] = [
      ...this.serverPanels(props),
      ...this.machinePanels(props),
      ['Database: processor, %', [rds('CPUUtilization'), rds('CPUCreditBalance', { yAxis: 'right' })]],
      ['Database: connections', [rds('DatabaseConnections', { stat: 'Maximum' })]],
      [
        'Database: free storage and memory, bytes',
        [rds('FreeStorageSpace'), rds('FreeableMemory', { yAxis: 'right' })],
      ],
      ['Database: seconds per read and write', [rds('ReadLatency'), rds('WriteLatency')]],
      [
        'Artifacts: bytes (once a day)',
        [
          [
            'AWS/S3',
            'BucketSizeBytes',
            'BucketName',
            props.artifactBucket,
            'StorageType',
            'StandardStorage',
            { period: 86_400 },
          ],
        ],
      ],
    ];
    new CloudwatchDashboard(this, 'dashboard', {
      dashboardName: props.name,
      dashboardBody: JSON.stringify({
        widgets: panels.map(([title, metrics], i) => ({
          type: 'metric',
          // Two beside each other on a grid of 24 columns.
          x: (i % 2) * 12,
          y: Math.floor(i / 2) * 6,
          width: 12,
          height: 6,
          properties: { title, metrics, region: props.region, period: 300, stat: 'Average', view: 'timeSeries' },
        })),
      }),
    });
  }

  private machinePanels({ machinesOf }: TrackingDashboardProps): [string, Line[]][] {
    if (machinesOf === undefined) return [];
    const { namespace, memory, disk } = machineMetrics(machinesOf);
    const lines = [memory, disk].map(({ metricName, dimensions }): Line => [
      namespace,
      metricName,
      ...Object.entries(dimensions).flat(),
      { stat: 'Maximum' },
    ]);
    return [['The fullest server: memory and disk, %', lines]];
  }

  private serverPanels({ instanceId, loadBalancer }: TrackingDashboardProps): [string, Line[]][] {
    if (loadBalancer !== undefined) {
      const balancer = ['LoadBalancer', loadBalancer.loadBalancer];
      const target = ['TargetGroup', loadBalancer.targetGroup, ...balancer];
      const elb = (metric: string, dimensions: string[], options = {}): Line => [
        'AWS/ApplicationELB',
        metric,
        ...dimensions,
        options,
      ];
      return [
        [
          'Servers: healthy and unhealthy',
          [
            elb('HealthyHostCount', target, { stat: 'Minimum' }),
            elb('UnHealthyHostCount', target, { stat: 'Maximum' }),
          ],
        ],
        [
          'Requests and errors',
          [
            elb('RequestCount', balancer, { stat: 'Sum' }),
            elb('HTTPCode_Target_5XX_Count', target, { stat: 'Sum', yAxis: 'right' }),
            elb('HTTPCode_ELB_5XX_Count', balancer, { stat: 'Sum', yAxis: 'right' }),
          ],
        ],
        [
          'Seconds per request',
          [elb('TargetResponseTime', target, { stat: 'p50' }), elb('TargetResponseTime', target, { stat: 'p99' })],
        ],
      ];
    }
    if (instanceId === undefined) return [];
    const ec2 = (metric: string, options = {}): Line => ['AWS/EC2', metric, 'InstanceId', instanceId, options];
    return [
      ['Server: processor, %', [ec2('CPUUtilization'), ec2('CPUCreditBalance', { yAxis: 'right' })]],
      ['Server: network, bytes', [ec2('NetworkIn', { stat: 'Sum' }), ec2('NetworkOut', { stat: 'Sum' })]],
    ];
  }
}
