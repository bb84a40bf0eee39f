import {
  checkout,
  EmulatedAws,
  issueCertificate,
  LocalPostgres,
  type Progress,
  rememberedPort,
  steadyPort,
  type Tools,
  withoutProxy,
} from '@mlflow-on-aws/workbench';
import type { Environment } from '@mlflow-on-aws/config';
import { stateBucketName, stateKey } from '@mlflow-on-aws/foundation';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cdktf, deploy, readOutputs, type CdktfSetting, type Outputs } from './deployment';
import { LocalLoadBalancer, type LoadBalancerCertificate } from './load-balancer';
import { Machine, type LocalDatabase } from './machine';
import { UserError } from '@mlflow-on-aws/command-line';

const run = promisify(execFile);

/** What the quickstart made. */
export interface Quickstart {
  readonly experimentId: string;
  readonly runId: string;
  readonly accuracy: number;
  readonly artifactUri: string;
  readonly model: string;
  readonly modelVersion: string;
}

/** One environment of this repository on embedded parts: emulated AWS, real PostgreSQL, real MLflow. */
export class LocalEnvironment {
  /** The emulated AWS. */
  public readonly aws: EmulatedAws;
  /** The backend store. */
  public readonly postgres: LocalPostgres;
  /** The read replica, where the environment has one. */
  public readonly replica: LocalPostgres;
  private readonly loadBalancer: LocalLoadBalancer;

  /** @param directory folder of its own; everything that should survive is in it */
  public constructor(
    public readonly directory: string,
    public readonly environment: Environment,
    private readonly tools: Tools,
    private readonly progress: Progress,
  ) {
    this.aws = new EmulatedAws(join(directory, 'emulated-aws'), tools.emulatorPython, tools.awsCli);
    this.postgres = new LocalPostgres(join(directory, 'postgres'), tools.postgres);
    this.replica = new LocalPostgres(join(directory, 'replica'), tools.postgres, 'replica');
    this.loadBalancer = new LocalLoadBalancer(join(directory, 'load-balancer'));
  }

  /** Tracking URI on this machine: of the load balancer where the stack has one, else of the server. */
  public get trackingUri(): string {
    const port = this.hasLoadBalancer ? this.loadBalancer.port : rememberedPort(this.serverPortFile);
    return `http://127.0.0.1:${port ?? this.environment.server.port}`;
  }

  /** Outputs of the deployed stack; throws before the first deploy. */
  public get outputs(): Outputs {
    return readOutputs(this.directory, this.environment.name);
  }

  /** The machine of a single server. */
  public get machine(): Machine {
    return this.machineOf(this.outputs.server_instance_id as string);
  }

  /** Port of PostgreSQL on this machine. */
  public get databasePort(): number {
    return rememberedPort(join(this.directory, 'postgres', 'port')) ?? this.environment.database.port;
  }

  /** The Terraform state, out of its bucket. */
  public state(): Promise<string> {
    const { accountId, name, region } = this.environment;
    return this.aws.cli(region, 's3', 'cp', `s3://${stateBucketName(accountId, region)}/${stateKey(name)}`, '-');
  }

  /** The machines of the Auto Scaling group, those that serve now. */
  public async fleet(): Promise<{ readonly instanceId: string; readonly machine: Machine }[]> {
    const ids = await this.aws.cli(
      this.environment.region,
      ...['autoscaling', 'describe-auto-scaling-groups'],
      ...['--auto-scaling-group-names', this.outputs.auto_scaling_group as string],
      ...['--query', 'AutoScalingGroups[].Instances[].InstanceId', '--output', 'json'],
    );
    return (JSON.parse(ids) as string[]).map((instanceId) => ({ instanceId, machine: this.machineOf(instanceId) }));
  }

  private machineOf(instance: string): Machine {
    return new Machine(this.machineDirectory(instance), {
      metadataEndpoint: `${this.aws.endpoint.metadataEndpoint}/${instance}`,
      aws: { ...withoutProxy(process.env), ...this.aws.environment(this.environment.region) },
      programs: this.tools.awsCli,
      python: this.tools.serverPython,
    });
  }

  private machineDirectory(instance: string): string {
    return this.hasLoadBalancer ? join(this.directory, 'machines', instance) : join(this.directory, 'machine');
  }

  private get hasLoadBalancer(): boolean {
    return this.environment.loadBalancer !== undefined;
  }

  /**
   * Brings everything up; what runs already goes on running.
   * @throws UserError for an environment that this machine cannot stand in for
   */
  public async up(): Promise<void> {
    const { progress } = this;
    if (this.environment.database.authentication === 'iam') {
      throw new UserError(
        `environment "${this.environment.name}": database.authentication: got "iam", want password on this machine, ` +
          'whose PostgreSQL has no IAM to ask; apps/faults shows a server that logs in with tokens',
      );
    }
    await progress.step('Start the emulated AWS', () => this.startAws());
    await progress.step('Make the state bucket', () => this.makeStateBucket());
    await this.makeHostedZone();
    await progress.step(`cdktf deploy ${this.environment.name}`, async (report) => {
      await this.dropLockOfCutOffDeploy();
      // Which provider was taken the last time; one that was built anew since has another checksum.
      rmSync(join(this.directory, 'cdktf.out', 'stacks', this.environment.name, '.terraform.lock.hcl'), {
        force: true,
      });
      writeFileSync(this.deployingMark, '');
      await deploy(this.cdktf, report, this.environment.name);
      rmSync(this.deployingMark);
      writeFileSync(this.deployedMark, '');
    });
    await (this.hasLoadBalancer ? this.upFleet() : this.upServer());
  }

  private async upServer(): Promise<void> {
    const { machine, progress } = this;
    await progress.step("Run the instance's user data", (report) => machine.boot(report));
    const database = await progress.step('Start PostgreSQL as the RDS instance', () => this.startDatabase(machine));
    await progress.step('Start the MLflow server', async () => {
      const port = machine.running ? rememberedPort(this.serverPortFile) : undefined;
      await machine.start(port ?? (await steadyPort(this.serverPortFile, this.environment.server.port)), database);
    });
  }

  /** New servers first, one after the other; those that the group has no more go when the new ones are healthy. */
  private async upFleet(): Promise<void> {
    const { progress } = this;
    const fleet = await this.fleet();
    const [first] = fleet;
    if (!first) throw new UserError(`the Auto Scaling group ${this.outputs.auto_scaling_group} has no server`);
    const which = (index: number) => `server ${index + 1} of ${fleet.length}, ${fleet[index]?.instanceId}`;
    for (const [index, { machine }] of fleet.entries()) {
      await progress.step(`Boot ${which(index)}`, (report) => machine.boot(report));
    }
    const database = await progress.step('Start PostgreSQL as the RDS instance', () =>
      this.startDatabase(first.machine),
    );
    const ports: number[] = [];
    for (const [index, { instanceId, machine }] of fleet.entries()) {
      await progress.step(`Start ${which(index)}`, async () => {
        const portFile = join(this.machineDirectory(instanceId), 'port');
        const port = (machine.running && rememberedPort(portFile)) || (await steadyPort(portFile));
        await machine.start(port, database);
        ports.push(port);
      });
    }
    await progress.step('Start the load balancer', async () => {
      await this.loadBalancer.register(ports);
      await this.loadBalancer.start(this.environment.server.port, await this.loadBalancerCertificate());
    });
    for (const instanceId of this.machinesHere().filter((id) => !fleet.some((one) => one.instanceId === id))) {
      await progress.step(`Stop ${instanceId}, which the group has no more`, async () => {
        await this.machineOf(instanceId).stop();
        rmSync(this.machineDirectory(instanceId), { recursive: true, force: true });
      });
    }
  }

  private machinesHere(): string[] {
    const directory = join(this.directory, 'machines');
    return existsSync(directory) ? readdirSync(directory) : [];
  }

  /** Stops everything; the next `up` brings the same runs, models and artifacts back. */
  public async down(): Promise<void> {
    if (existsSync(this.deployedMark) && this.aws.running) {
      await this.loadBalancer.stop();
      await this.progress.step('Stop the MLflow server', async () => {
        const machines = this.hasLoadBalancer ? this.machinesHere().map((id) => this.machineOf(id)) : [this.machine];
        await Promise.all(machines.map((machine) => machine.stop()));
      });
    }
    await this.progress.step('Stop PostgreSQL', async () => {
      await this.replica.stop();
      await this.postgres.stop();
    });
    await this.progress.step('Stop the emulated AWS', () => this.aws.stop());
  }

  /** Destroys the stack in the emulated account. */
  public async destroy(): Promise<void> {
    await this.progress.step(`cdktf destroy ${this.environment.name}`, (report) =>
      cdktf(this.cdktf, report, 'destroy', this.environment.name, '--auto-approve'),
    );
  }

  /** Runs the tutorial's client. */
  public async quickstart(): Promise<Quickstart> {
    const { stdout } = await run(
      join(this.tools.serverPython, 'bin', 'python'),
      [join(checkout, 'apps', 'local', 'quickstart', 'quickstart.py')],
      {
        cwd: this.directory,
        env: {
          ...withoutProxy(process.env),
          ...(await this.clientEnvironment()),
          MLFLOW_DISABLE_TELEMETRY: 'true',
          GIT_PYTHON_REFRESH: 'quiet',
        },
        maxBuffer: 1 << 26,
      },
    );
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  }

  /** Environment variables that point aws, terraform, cdktf and MLflow clients at this environment. */
  public async clientEnvironment(): Promise<Record<string, string>> {
    return { ...this.cdktfEnvironment, MLFLOW_TRACKING_URI: this.trackingUri, ...(await this.login()) };
  }

  /** User and password of the administrator, where MLflow asks for them. */
  private async login(): Promise<Record<string, string>> {
    const arn = (this.hasLoadBalancer ? (await this.fleet())[0]?.machine : this.machine)?.config.adminSecretArn;
    if (arn == null) return {};
    const { username, password } = JSON.parse(await this.secret(arn));
    return { MLFLOW_TRACKING_USERNAME: username, MLFLOW_TRACKING_PASSWORD: password };
  }

  private secret(arn: string): Promise<string> {
    const value = ['--query', 'SecretString', '--output', 'text'];
    return this.aws.cli(
      this.environment.region,
      ...['secretsmanager', 'get-secret-value', '--secret-id', arn],
      ...value,
    );
  }

  private get serverPortFile(): string {
    return join(this.directory, 'machine', 'port');
  }

  private get deployedMark(): string {
    return join(this.directory, 'deployed');
  }

  private get deployingMark(): string {
    return join(this.directory, 'deploying');
  }

  private get cdktfEnvironment(): Record<string, string> {
    return {
      ...this.aws.environment(this.environment.region),
      ...this.tools.terraform,
      CHECKPOINT_DISABLE: '1',
    };
  }

  /** How cdktf is run for this environment. */
  public get cdktf(): CdktfSetting {
    return {
      directory: this.directory,
      environment: { ...withoutProxy(process.env), ...this.cdktfEnvironment, CI: '1', FORCE_COLOR: '0' },
    };
  }

  private async startAws(): Promise<void> {
    if (!existsSync(this.deployedMark)) {
      // A first deploy that was cut off can leave resources that no state knows. No run was logged yet: begin anew.
      await this.aws.stop();
      this.aws.forget();
      for (const name of ['postgres', 'replica']) rmSync(join(this.directory, name), { recursive: true, force: true });
    }
    await this.aws.start(this.environment.accountId);
  }

  /** A deploy that was killed leaves its state lock; only one of ours, which is known to be over, is removed. */
  private async dropLockOfCutOffDeploy(): Promise<void> {
    if (!existsSync(this.deployingMark)) return;
    const { accountId, name, region } = this.environment;
    await this.aws.cli(region, 's3', 'rm', `s3://${stateBucketName(accountId, region)}/${stateKey(name)}.tflock`);
  }

  private async makeStateBucket(): Promise<void> {
    const { region, accountId } = this.environment;
    const bucket = stateBucketName(accountId, region);
    const location = region === 'us-east-1' ? [] : ['--create-bucket-configuration', `LocationConstraint=${region}`];
    await this.aws
      .cli(region, 's3api', 'head-bucket', '--bucket', bucket)
      .catch(() => this.aws.cli(region, 's3api', 'create-bucket', '--bucket', bucket, ...location));
  }

  /** The zone that the configuration names is there before the environment is. */
  private async makeHostedZone(): Promise<void> {
    const { loadBalancer, region } = this.environment;
    const id = loadBalancer?.hostedZoneId;
    if (id === undefined) return;
    const zone = loadBalancer?.domainName.split('.').slice(1).join('.') ?? '';
    await this.progress.step(`Make the hosted zone ${zone}`, () =>
      this.aws
        .cli(region, 'route53', 'get-hosted-zone', '--id', id)
        .catch(() => this.aws.cli(region, 'route53', 'create-hosted-zone', '--name', zone, '--caller-reference', id)),
    );
  }

  /** Gives the database the password that is in the stack's secret today, as RDS does when it rotates it. */
  public async adoptPassword(): Promise<void> {
    await this.startDatabase(this.machine);
  }

  private async startDatabase(machine: Machine): Promise<LocalDatabase> {
    const { database } = machine.config;
    const directory = join(this.directory, 'postgres');
    const secret = await this.secret(database.passwordSecretArn);
    const certificate = await this.certificateOf(this.postgres, 'certificate', database.host);
    mkdirSync(directory, { recursive: true });
    const port = this.postgres.running ? this.databasePort : await steadyPort(join(directory, 'port'), database.port);
    await this.postgres.start(
      {
        databaseName: database.name,
        username: database.user,
        password: JSON.parse(secret).password,
        ...certificate,
      },
      port,
    );
    const { replicaHost } = database;
    return replicaHost === null
      ? { port, certificateAuthority: certificate.authorityFile }
      : this.startReplica(replicaHost, port, certificate.authorityFile);
  }

  /** Where the load balancer speaks TLS as in the cloud: its name, its port on this machine, and whom to trust for it. */
  public get secureAddress(): { readonly name: string; readonly port: number; readonly certificateAuthority: string } {
    const { loadBalancer, name } = this.environment;
    const port = this.loadBalancer.tlsPort;
    if (loadBalancer === undefined || port === undefined) throw new UserError(`${name} has no load balancer that runs`);
    return { name: loadBalancer.domainName, port, certificateAuthority: join(this.domainDirectory, 'rds-ca.pem') };
  }

  private async loadBalancerCertificate(): Promise<LoadBalancerCertificate> {
    const { domainDirectory } = this;
    if (!existsSync(join(domainDirectory, 'rds-ca.pem')))
      await issueCertificate(
        this.tools.emulatorPython,
        domainDirectory,
        this.environment.loadBalancer?.domainName ?? 'localhost',
      );
    return { certificateFile: join(domainDirectory, 'server.crt'), keyFile: join(domainDirectory, 'server.key') };
  }

  private get domainDirectory(): string {
    return join(this.directory, 'load-balancer', 'certificate');
  }

  /** A copy of the database that follows it, under the name of the RDS replica. */
  private async startReplica(host: string, port: number, authorityFile: string): Promise<LocalDatabase> {
    const portFile = join(this.directory, 'replica', 'port');
    const certificate = await this.certificateOf(this.replica, 'certificate-replica', host);
    mkdirSync(join(this.directory, 'replica'), { recursive: true });
    const replicaPort = (this.replica.running && rememberedPort(portFile)) || (await steadyPort(portFile));
    await this.replica.follow(this.postgres, port, certificate, replicaPort);
    // Each name has an authority of its own; RDS has one for both.
    const certificateAuthority = join(this.directory, 'certificate-replica', 'both.pem');
    const both = [authorityFile, certificate.authorityFile].map((file) => readFileSync(file, 'utf8')).join('');
    writeFileSync(certificateAuthority, both);
    return { port, certificateAuthority, replicaPort };
  }

  private async certificateOf(server: LocalPostgres, folder: string, host: string) {
    const directory = join(this.directory, folder);
    const issuedFor = join(directory, 'host');
    if (!existsSync(issuedFor) || readFileSync(issuedFor, 'utf8') !== host) {
      await server.stop(); // it takes its certificate at the start
      await issueCertificate(this.tools.emulatorPython, directory, host);
      writeFileSync(issuedFor, host);
    }
    return {
      certificateFile: join(directory, 'server.crt'),
      keyFile: join(directory, 'server.key'),
      authorityFile: join(directory, 'rds-ca.pem'),
    };
  }
}
