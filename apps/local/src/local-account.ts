import type { Environment } from '@mlflow-on-aws/config';
import { stateBucketName, stateKey } from '@mlflow-on-aws/foundation';
import type { EmulatedAws } from '@mlflow-on-aws/workbench';

/** The emulated account, as an environment's stack wants it before its first deploy. */
export class LocalAccount {
  public constructor(
    private readonly aws: EmulatedAws,
    private readonly environment: Environment,
  ) {}

  /** Runs an AWS CLI command in the environment's region and returns what it prints. */
  public cli(...args: string[]): Promise<string> {
    return this.aws.cli(this.environment.region, ...args);
  }

  /** The value of a secret. */
  public secret(arn: string): Promise<string> {
    const value = ['--query', 'SecretString', '--output', 'text'];
    return this.cli('secretsmanager', 'get-secret-value', '--secret-id', arn, ...value);
  }

  /** The instances of an Auto Scaling group. */
  public async instancesOf(group: string): Promise<string[]> {
    const ids = await this.cli(
      ...['autoscaling', 'describe-auto-scaling-groups', '--auto-scaling-group-names', group],
      ...['--query', 'AutoScalingGroups[].Instances[].InstanceId', '--output', 'json'],
    );
    return JSON.parse(ids) as string[];
  }

  /** The Terraform state, out of its bucket. */
  public state(): Promise<string> {
    return this.cli('s3', 'cp', this.stateObject, '-');
  }

  /** Takes the lock away that a deploy which was killed left; only for one that is known to be over. */
  public async unlockState(): Promise<void> {
    await this.cli('s3', 'rm', `${this.stateObject}.tflock`);
  }

  /** Makes the bucket that keeps the state, unless it is there. */
  public async makeStateBucket(): Promise<void> {
    const { region } = this.environment;
    const location = region === 'us-east-1' ? [] : ['--create-bucket-configuration', `LocationConstraint=${region}`];
    await this.cli('s3api', 'head-bucket', '--bucket', this.stateBucket).catch(() =>
      this.cli('s3api', 'create-bucket', '--bucket', this.stateBucket, ...location),
    );
  }

  /** Makes the hosted zone that the configuration names, unless it exists. In the cloud it exists before the environment. */
  public async makeHostedZone(): Promise<void> {
    const { loadBalancer, region } = this.environment;
    if (loadBalancer?.hostedZoneId === undefined) return;
    await this.aws.makeHostedZone(region, loadBalancer.hostedZoneId, loadBalancer.domainName);
  }

  private get stateBucket(): string {
    const { accountId, region } = this.environment;
    return stateBucketName(accountId, region);
  }

  private get stateObject(): string {
    return `s3://${this.stateBucket}/${stateKey(this.environment.name)}`;
  }
}
