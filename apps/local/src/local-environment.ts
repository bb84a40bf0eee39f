import { UserError } from '@mlflow-on-aws/command-line';
import type { Environment } from '@mlflow-on-aws/config';
import {
  checkout,
  EmulatedAws,
  type LocalPostgres,
  onSteadyPort,
  type Progress,
  rememberedPort,
  type Tools,
  withoutProxy,
} from '@mlflow-on-aws/workbench';
import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cdktf, deploy, readOutputs, type CdktfSetting, type Outputs } from './deployment';
import { LocalAccount } from './local-account';
import { LocalDatabase, type DatabaseAddress } from './local-database';
import { LocalFleet, type FleetMember } from './local-fleet';
import { Machine } from './machine';

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
  private readonly account: LocalAccount;
  private readonly database: LocalDatabase;
  private readonly servers: LocalFleet;

  /** @param directory folder of its own; everything that should survive is in it */
  public constructor(
    public readonly directory: string,
    public readonly environment: Environment,
    private readonly tools: Tools,
    private readonly progress: Progress,
  ) {
    this.aws = new EmulatedAws(join(directory, 'emulated-aws'), tools.emulatorPython, tools.awsCli);
    this.account = new LocalAccount(this.aws, environment);
    this.database = new LocalDatabase(directory, tools);
    this.servers = new LocalFleet(directory, environment, tools.emulatorPython, (instanceId, folder) =>
      this.machineOf(instanceId, folder),
    );
  }

  /** The backend store. */
  public get postgres(): LocalPostgres {
    return this.database.postgres;
  }

  /** The read replica, where the environment has one. */
  public get replica(): LocalPostgres {
    return this.database.replica;
  }

  /** Tracking URI on this machine: of the load balancer where the stack has one, otherwise of the server. */
  public get trackingUri(): string {
    const port = this.hasLoadBalancer ? this.servers.loadBalancer.port : rememberedPort(this.serverPortFile);
    return `http://127.0.0.1:${port ?? this.environment.server.port}`;
  }

  /** Outputs of the deployed stack; throws before the first deploy. */
  public get outputs(): Outputs {
    return readOutputs(this.directory, this.environment.name);
  }

  /** The machine of a single server. */
  public get machine(): Machine {
    return this.machineOf(this.outputs.server_instance_id as string, join(this.directory, 'machine'));
  }

  /** Port of PostgreSQL on this machine. */
  public get databasePort(): number {
    return this.database.port ?? this.environment.database.port;
  }

  /** Where the load balancer speaks TLS as in the cloud: its name, its port on this machine, and whom to trust for it. */
  public get secureAddress(): LocalFleet['secureAddress'] {
    return this.servers.secureAddress;
  }

  /** The Terraform state, out of its bucket. */
  public state(): Promise<string> {
    return this.account.state();
  }

  /** The machines of the Auto Scaling group, those that serve now. */
  public async fleet(): Promise<readonly FleetMember[]> {
    const ids = await this.account.instancesOf(this.outputs.auto_scaling_group as string);
    return ids.map((id) => this.servers.member(id));
  }

  /**
   * Brings everything up; what runs already goes on running.
   * @throws UserError for an environment that this machine cannot stand in for
   */
  public async up(): Promise<void> {
    const { account, environment, progress } = this;
    if (environment.database.authentication === 'iam') {
      throw new UserError(
        `environment "${environment.name}": database.authentication: got "iam", want password on this machine, ` +
          'whose PostgreSQL has no IAM to ask; apps/faults shows a server that logs in with tokens',
      );
    }
    await progress.step('Start the emulated AWS', () => this.startAws());
    await progress.step('Make the state bucket', () => account.makeStateBucket());
    if (environment.loadBalancer?.hostedZoneId !== undefined)
      await progress.step('Make the hosted zone', () => account.makeHostedZone());
    await this.deploy();
    if (this.hasLoadBalancer) {
      await this.servers.up(await this.fleet(), progress, (machine) => this.startDatabase(machine));
    } else {
      await this.upServer();
    }
  }

  private async deploy(): Promise<void> {
    const { name } = this.environment;
    await this.progress.step(`cdktf deploy ${name}`, async (report) => {
      // A deploy that was killed leaves its state lock; one of ours is known to be over.
      if (existsSync(this.deployingMark)) await this.account.unlockState();
      // Which provider was taken the last time; one that was built anew since has another checksum.
      rmSync(join(this.directory, 'cdktf.out', 'stacks', name, '.terraform.lock.hcl'), { force: true });
      writeFileSync(this.deployingMark, '');
      await deploy(this.cdktf, report, name);
      rmSync(this.deployingMark);
      writeFileSync(this.deployedMark, '');
    });
  }

  private async upServer(): Promise<void> {
    const { machine, progress } = this;
    await progress.step("Run the instance's user data", (report) => machine.boot(report));
    const database = await progress.step('Start PostgreSQL as the RDS instance', () => this.startDatabase(machine));
    await progress.step('Start the MLflow server', async () => {
      if (machine.running) return machine.start(rememberedPort(this.serverPortFile) ?? 0, database);
      await onSteadyPort(this.serverPortFile, this.environment.server.port, (port) => machine.start(port, database));
    });
  }

  /** Stops everything; the next `up` brings the same runs, models and artifacts back. */
  public async down(): Promise<void> {
    if (existsSync(this.deployedMark) && this.aws.running) {
      await this.servers.loadBalancer.stop();
      await this.progress.step('Stop the MLflow server', async () => {
        const machines = this.hasLoadBalancer ? this.servers.here.map(({ machine }) => machine) : [this.machine];
        await Promise.all(machines.map((machine) => machine.stop()));
      });
    }
    await this.progress.step('Stop PostgreSQL', () => this.database.stop());
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

  /** How cdktf is run for this environment. */
  public get cdktf(): CdktfSetting {
    return {
      directory: this.directory,
      environment: { ...withoutProxy(process.env), ...this.cdktfEnvironment, CI: '1', FORCE_COLOR: '0' },
    };
  }

  /** Gives the database the password that is in the stack's secret today, as RDS does when it rotates it. */
  public async adoptPassword(): Promise<void> {
    await this.startDatabase(this.machine);
  }

  private async startDatabase({ config: { database } }: Machine): Promise<DatabaseAddress> {
    const secret = JSON.parse(await this.account.secret(database.passwordSecretArn));
    return this.database.start(database, secret.password);
  }

  /** User and password of the administrator, where MLflow asks for them. */
  private async login(): Promise<Record<string, string>> {
    // After a deploy by hand the group may name machines that no `up` has booted yet; those before them still serve.
    const machines = this.hasLoadBalancer ? this.servers.here.map(({ machine }) => machine) : [this.machine];
    const arn = machines.find(({ booted }) => booted)?.config.adminSecretArn;
    if (arn == null) return {};
    const { username, password } = JSON.parse(await this.account.secret(arn));
    return { MLFLOW_TRACKING_USERNAME: username, MLFLOW_TRACKING_PASSWORD: password };
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

  private machineOf(instanceId: string, directory: string): Machine {
    return new Machine(directory, {
      metadataEndpoint: `${this.aws.endpoint.metadataEndpoint}/${instanceId}`,
      aws: { ...withoutProxy(process.env), ...this.aws.environment(this.environment.region) },
      programs: this.tools.awsCli,
      python: this.tools.serverPython,
    });
  }

  private get cdktfEnvironment(): Record<string, string> {
    return {
      ...this.aws.environment(this.environment.region),
      ...this.tools.terraform,
      CHECKPOINT_DISABLE: '1',
    };
  }

  private get hasLoadBalancer(): boolean {
    return this.environment.loadBalancer !== undefined;
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
}
