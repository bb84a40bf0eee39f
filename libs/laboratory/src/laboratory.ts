import {
  asset,
  checkout,
  EmulatedAws,
  findPostgres,
  onSteadyPort,
  reservePort,
  issueCertificate,
  LocalPostgres,
  pythonEnvironment,
  scramVerifier,
  withoutProxy,
} from '@mlflow-on-aws/workbench';
import type { ServerConfig } from '@mlflow-on-aws/tracking-server';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Load } from './load';
import { Server } from './server';
import { Wire } from './wire';

const run = promisify(execFile);

const region = 'us-east-1';
const bucket = 'mlflow-artifacts-faults';
const host = 'database.faults.test';
const replicaHost = 'replica.faults.test';
const user = 'mlflow';
const secretName = 'mlflow-backend-store';
const keysSecretName = 'mlflow-keys';

/** What a scenario may wish for its server. */
export interface ServerWish {
  /** @default "mlflow_db" */
  readonly database?: string;
  /** Name of its secret. @default - the one that `publishSecret` writes without a name */
  readonly secret?: string;
  /** Role that logs in with IAM tokens. @default - the master user, with its password */
  readonly iamUser?: string;
  /** Name of the secret of MLflow's administrator. @default - nobody is asked for a password */
  readonly adminSecret?: string;
  readonly sizing?: Partial<ServerConfig['sizing']>;
  /** @default - none */
  readonly prometheusPort?: number;
  /** @default - nothing */
  readonly housekeeping?: ServerConfig['housekeeping'];
  /** Python environment that it runs in. @default - the locked one */
  readonly python?: string;
  /** @default "proxied" */
  readonly artifactMode?: ServerConfig['artifacts']['mode'];
  /** Whether it is told of the replica. @default false */
  readonly replica?: boolean;
  /** Days after which the servers replace the password. @default - somebody else does */
  readonly passwordRotationDays?: number;
  /** Variables beside those that lead to this laboratory. */
  readonly environment?: NodeJS.ProcessEnv;
  /** @default true */
  readonly supervised?: boolean;
}

/** A real PostgreSQL with a standby, an emulated AWS, and the wires to them that faults are injected into. */
export class Laboratory {
  /** The artifact store. */
  public readonly bucket = bucket;
  private readonly servers: Server[] = [];
  private started = 0;
  private password = '';
  private presented = host;
  private standby: { postgres: LocalPostgres; port: number } | undefined;
  /** The read replica, its port, and the wire to it from the servers. */
  public replica: { postgres: LocalPostgres; port: number; wire: Wire } | undefined;

  private constructor(
    /** Folder of everything that is in it; gone at the end. */
    public readonly directory: string,
    public readonly python: { server: string; emulator: string },
    public readonly aws: EmulatedAws,
    public postgres: LocalPostgres,
    private readonly binaries: string,
    /** Port of the database itself. */
    public databasePort: number,
    /** From the servers to the database. */
    public readonly databaseWire: Wire,
    /** From the servers to AWS. */
    public readonly awsWire: Wire,
    /** Whether the database has a volume of its own, which takes root to mount, so that it can be filled. */
    public readonly canFillDatabaseVolume: boolean,
  ) {}

  /** Brings up database and AWS; the secret and the bucket are there. */
  public static async open(): Promise<Laboratory> {
    const report = (message: string) => void process.stderr.write(`${message}\n`);
    const directory = realpathSync(mkdtempSync(join(tmpdir(), 'mlflow-faults-')));
    chmodSync(directory, 0o755);
    const emulator = await pythonEnvironment(asset('emulator', 'requirements.txt'), report);
    const awsCli = await pythonEnvironment(asset('aws-cli', 'requirements.txt'), report);
    const server = await pythonEnvironment(
      join(checkout, 'libs', 'tracking-server', 'server', 'requirements.txt'),
      report,
    );
    const binaries = findPostgres();
    const aws = new EmulatedAws(join(directory, 'aws'), emulator, join(awsCli, 'bin'));
    await aws.start('123456789012');
    const databaseDirectory = join(directory, 'postgres');
    mkdirSync(databaseDirectory);
    const volume = await mountVolume(databaseDirectory);
    const laboratory = new Laboratory(
      directory,
      { server, emulator },
      aws,
      new LocalPostgres(databaseDirectory, binaries),
      binaries,
      0,
      await Wire.to(0),
      await Wire.to(Number(new URL(aws.endpoint.proxyUrl).port)),
      volume,
    );
    await aws.cli(region, 's3api', 'create-bucket', '--bucket', bucket);
    await laboratory.makeEmptySecret(keysSecretName);
    laboratory.password = randomBytes(18).toString('base64url');
    await laboratory.useCertificate();
    await onSteadyPort(join(directory, 'database-port'), 0, async (port) => {
      laboratory.databasePort = port;
      await laboratory.startDatabase();
    });
    laboratory.databaseWire.mend(laboratory.databasePort);
    return laboratory;
  }

  /** Stops and removes everything. */
  public async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
    await this.databaseWire.close();
    await this.awsWire.close();
    await this.postgres.stop();
    await this.standby?.postgres.stop();
    await this.replica?.wire.close();
    await this.replica?.postgres.stop();
    await this.aws.stop();
    if (this.canFillDatabaseVolume) await run('umount', [join(this.directory, 'postgres')]);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Variables by which a server finds AWS and the database. */
  public get surroundings(): NodeJS.ProcessEnv {
    const proxy = `http://127.0.0.1:${this.awsWire.port}`;
    return {
      ...withoutProxy(process.env),
      ...this.aws.environment(region),
      HTTPS_PROXY: proxy,
      HTTP_PROXY: proxy,
      PGHOSTADDR: '127.0.0.1',
      PGPORT: String(this.databaseWire.port),
      PGSSLROOTCERT: this.authorities,
      ...(this.replica && { REPLICA_PGPORT: String(this.replica.wire.port) }),
      PYTHONDONTWRITEBYTECODE: '1',
    };
  }

  /** What MLflow's own command takes to use a database of this laboratory, and its bucket. */
  public peerArguments(database: string): { readonly backendStoreUri: string; readonly artifactRoot: string } {
    return {
      backendStoreUri: `postgresql+psycopg2://${user}:${this.password}@${host}:${this.databaseWire.port}/${database}`,
      artifactRoot: `s3://${bucket}/${database}`,
    };
  }

  /** Starts a server on this laboratory's database and bucket. */
  public async server(wish: ServerWish = {}): Promise<Server> {
    const directory = join(this.directory, `server-${this.started++}`);
    const config: ServerConfig = {
      environment: 'faults',
      region,
      port: 5000,
      keepAliveSeconds: 130,
      database: {
        host,
        replicaHost: wish.replica ? replicaHost : null,
        port: 5432,
        name: wish.database ?? 'mlflow_db',
        user,
        passwordSecretArn: wish.secret ?? secretName,
        iamUser: wish.iamUser ?? null,
        passwordRotationDays: wish.passwordRotationDays ?? null,
      },
      artifacts: {
        bucket,
        prefix: 'artifacts',
        traceArchivePrefix: 'archived-traces',
        mode: wish.artifactMode ?? 'proxied',
      },
      allowedHosts: [],
      corsAllowedOrigins: [],
      publicDns: false,
      adminSecretArn: wish.adminSecret ?? null,
      keysSecretArn: keysSecretName,
      prometheusPort: wish.prometheusPort ?? null,
      logGroup: null,
      housekeeping: wish.housekeeping ?? null,
      sizing: { workers: 1, poolSize: 10, maxOverflow: 10, ...wish.sizing },
    };
    const environment = { ...this.surroundings, MLFLOW_ROOT: directory, ...wish.environment };
    const server = new Server(
      { directory, python: wish.python ?? this.python.server, config, environment, supervised: wish.supervised },
      await reservePort(),
    );
    this.servers.push(server);
    return server;
  }

  /** Asks the database itself, past the wire. */
  public async sql(statement: string, database = 'mlflow_db'): Promise<string> {
    return (await this.postgres.sql(this.databasePort, database, statement)).trim();
  }

  /** Backs up a database, while it is in use, as a snapshot of RDS does. Returns the file. */
  public async backUp(database = 'mlflow_db'): Promise<string> {
    const file = join(this.directory, `${database}-${this.started}.backup`);
    await this.postgres.backUp(this.databasePort, database, file);
    return file;
  }

  /** Makes a new database from a backup. */
  public async restore(file: string, database: string): Promise<void> {
    await this.postgres.restore(this.databasePort, database, user, file);
  }

  /** Starts the database with the certificate that was issued last. */
  public async startDatabase(): Promise<void> {
    await this.postgres.start(
      {
        databaseName: 'mlflow_db',
        username: user,
        password: this.password,
        ...this.certificateFiles(),
      },
      this.databasePort,
    );
  }

  /** Lets the database present a certificate of another name at its next start; without a name, its own again. */
  public async useCertificate(name: string = host): Promise<void> {
    this.presented = name;
    await this.issueCertificate(name);
  }

  /** Each name has an authority of its own; the servers trust those of the real names. */
  private async issueCertificate(name: string): Promise<void> {
    if (existsSync(this.certificate(name, 'server.crt'))) return;
    await issueCertificate(this.python.emulator, join(this.directory, `certificate-${name}`), name);
    if (name === host || name === replicaHost)
      appendFileSync(this.authorities, readFileSync(this.certificate(name, 'rds-ca.pem')));
  }

  /** Puts today's password into Secrets Manager. */
  public async publishSecret(name: string = secretName): Promise<void> {
    const file = join(this.directory, 'secret.json');
    writeFileSync(file, JSON.stringify({ username: user, password: this.password }), { mode: 0o600 });
    const value = ['--secret-string', `file://${file}`];
    await this.aws
      .cli(region, 'secretsmanager', 'put-secret-value', '--secret-id', name, ...value)
      .catch(() => this.aws.cli(region, 'secretsmanager', 'create-secret', '--name', name, ...value));
    rmSync(file);
  }

  /** Makes a secret without a value, as Terraform does. */
  public async makeEmptySecret(name: string): Promise<void> {
    await this.aws.cli(region, 'secretsmanager', 'create-secret', '--name', name);
  }

  /** The value of a secret. */
  public readSecret(name: string = secretName, stage = 'AWSCURRENT'): Promise<string> {
    const query = ['--version-stage', stage, '--query', 'SecretString', '--output', 'text'];
    return this.aws.cli(region, 'secretsmanager', 'get-secret-value', '--secret-id', name, ...query);
  }

  /** Gives the database a new password, which Secrets Manager learns by `publishSecret`. Returns it, to look for where it must not be. */
  public async changePassword(): Promise<string> {
    this.password = randomBytes(18).toString('base64url');
    await this.sql(`ALTER ROLE "${user}" PASSWORD '${scramVerifier(this.password)}'`);
    return this.password;
  }

  /** Keys of everything that is in the bucket. */
  public async keys(): Promise<Set<string>> {
    const keys: { Key: string }[] | null = JSON.parse(
      (await this.aws.cli(
        region,
        ...['s3api', 'list-objects-v2', '--bucket', bucket],
        ...['--query', 'Contents[].{Key: Key}', '--output', 'json'],
      )) || 'null',
    );
    return new Set((keys ?? []).map(({ Key }) => Key));
  }

  /** What was acknowledged to a load's clients and is not there. */
  public async lost(load: Load): Promise<string[]> {
    const lines = async (question: string) => new Set((await this.sql(question)).split('\n'));
    const runs = await lines('SELECT run_uuid FROM runs');
    const metrics = await lines(`SELECT run_uuid || '/' || key FROM metrics`);
    const artifacts = await this.keys();
    return [
      ...[...load.runs].filter((run) => !runs.has(run)),
      ...[...load.metrics].filter((metric) => !metrics.has(metric)),
      ...[...load.artifacts].filter((path) => !artifacts.has(`artifacts/${path}`)),
    ];
  }

  /** A copy of the database that every commit waits for, as Multi-AZ keeps one. */
  public async startStandby(): Promise<void> {
    this.standby = await this.startCopy('standby', this.presented);
    await this.sql(`ALTER SYSTEM SET synchronous_standby_names = '*'`);
    await this.sql('SELECT pg_reload_conf()');
  }

  /** A copy of the database under a name of its own that no commit waits for, as RDS keeps a read replica. */
  public async startReplica(): Promise<void> {
    await this.issueCertificate(replicaHost);
    const { postgres, port } = await this.startCopy('replica', replicaHost);
    this.replica = { postgres, port, wire: await Wire.to(port) };
  }

  /** Starts the replica again, once it was stopped. */
  public async restartReplica(): Promise<void> {
    if (this.replica) await this.replica.postgres.launch(this.certificateFiles(replicaHost), this.replica.port);
  }

  private async startCopy(name: string, presented: string): Promise<{ postgres: LocalPostgres; port: number }> {
    const postgres = new LocalPostgres(join(this.directory, name), this.binaries, name);
    const port = await onSteadyPort(join(this.directory, `${name}-port`), 0, (given) =>
      postgres.follow(this.postgres, this.databasePort, this.certificateFiles(presented), given),
    );
    return { postgres, port };
  }

  /** The database dies, and its standby takes over at another address. */
  public async failOver(): Promise<void> {
    if (this.standby === undefined) throw new Error('there is no standby');
    await this.postgres.crash();
    this.postgres = this.standby.postgres;
    this.databasePort = this.standby.port;
    this.standby = undefined;
    await this.sql('SELECT pg_promote()', 'postgres');
  }

  /** Certificate and key of a database: by default those that the primary presents. */
  public certificateFiles(name = this.presented) {
    return { certificateFile: this.certificate(name, 'server.crt'), keyFile: this.certificate(name, 'server.key') };
  }

  private get authorities(): string {
    return join(this.directory, 'authorities.pem');
  }

  private certificate(name: string, file: string): string {
    return join(this.directory, `certificate-${name}`, file);
  }
}

/** A small volume in memory, when this user may mount one. */
async function mountVolume(directory: string): Promise<boolean> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  return run('mount', ['-t', 'tmpfs', '-o', 'size=512m,mode=755', 'tmpfs', directory]).then(
    () => true,
    () => false,
  );
}
