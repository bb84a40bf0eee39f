import { execFile, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { asset } from './paths';
import {
  logTail,
  runningPid,
  startBackground,
  stopBackground,
  untilReady,
  waitUntil,
  type Background,
} from './processes';
import { scramVerifier } from './scram';
import { UserError } from '@mlflow-on-aws/command-line';

const run = promisify(execFile);

/** The RDS instance that a local PostgreSQL stands for. */
export interface DatabaseInstance {
  readonly databaseName: string;
  readonly username: string;
  /** The password out of the instance's secret. */
  readonly password: string;
  /** Files, PEM, of a certificate for the instance's host name and its key. */
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** The superuser, called as on RDS; nobody but this app knows its password. */
const admin = 'rdsadmin';

/** A PostgreSQL server on a loopback port that takes TLS connections only, as the stack's RDS instance does. */
export class LocalPostgres {
  private readonly background: Background;
  private readonly data: string;
  private readonly owner = unprivilegedOwner();

  /** @param directory folder of its own; the data survives in it */
  public constructor(
    private readonly directory: string,
    private readonly binaries: string,
    name = 'postgres',
  ) {
    this.data = join(directory, 'data');
    this.background = { name, directory };
  }

  /** Whether the server runs. */
  public get running(): boolean {
    return runningPid(this.background) !== undefined;
  }

  /** Starts the server, unless it runs, and makes it answer as the instance: its database, its user, today's password. */
  public async start(instance: DatabaseInstance, port: number): Promise<void> {
    await this.launch(instance, port);
    await this.adopt(instance, port);
  }

  /** Starts the server, unless it runs, with whatever is in its folder. */
  public async launch(instance: Pick<DatabaseInstance, 'certificateFile' | 'keyFile'>, port: number): Promise<void> {
    if (!this.running) {
      await this.createCluster();
      this.takeCertificate(instance);
      // A machine that lost power leaves the pid file of a postmaster that is no more.
      rmSync(join(this.data, 'postmaster.pid'), { force: true });
      startBackground(this.background, {
        command: join(this.binaries, 'postgres'),
        args: ['-D', this.data, '-p', String(port)],
        cwd: this.directory,
        // Not the home of whoever starts it, which its own user may not enter.
        env: { ...process.env, HOME: this.directory },
        ...this.owner,
      });
    }
    await untilReady(
      this.background,
      () =>
        this.sql(port, 'postgres', 'SELECT 1').then(
          () => true,
          () => false,
        ),
      60_000,
    );
  }

  /**
   * Starts the server, unless it runs, as a copy of another that follows it and can be read from.
   * @throws UserError when it does not follow, even copied anew
   */
  public async follow(
    primary: LocalPostgres,
    primaryPort: number,
    instance: Pick<DatabaseInstance, 'certificateFile' | 'keyFile'>,
    port: number,
  ): Promise<void> {
    const { name } = this.background;
    const follows = `SELECT count(*) FROM pg_stat_replication WHERE application_name = '${name}' AND state = 'streaming'`;
    for (const patienceMs of [15_000, 60_000]) {
      if (!existsSync(join(this.data, 'standby.signal'))) await this.copy(primary, primaryPort);
      await this.launch(instance, port);
      const asked = async () => (await primary.sql(primaryPort, 'postgres', follows)).trim() === '1';
      if (await waitUntil(asked, patienceMs)) return;
      // The primary went on for too long without it.
      await this.stop();
      rmSync(this.data, { recursive: true, force: true });
    }
    throw new UserError(`${name} does not follow the database: ${logTail(this.background)}`);
  }

  private async copy(primary: LocalPostgres, primaryPort: number): Promise<void> {
    await primary.letFollow(primaryPort);
    mkdirSync(this.directory, { recursive: true });
    this.own(this.directory);
    const unfinished = `${this.data}.unfinished`;
    for (const folder of [this.data, unfinished]) rmSync(folder, { recursive: true, force: true });
    const password = readFileSync(join(primary.directory, 'admin.pgpass'), 'utf8');
    // One for this command, which asks as it does the primary, and one for the server.
    this.writeOwned('admin.pgpass', password, { mine: true });
    this.writeOwned('primary.pgpass', password);
    const source = ['host=127.0.0.1', `port=${primaryPort}`, `user=${admin}`, 'sslmode=require'];
    await run(
      join(this.binaries, 'pg_basebackup'),
      ['-D', unfinished, '--checkpoint=fast', '--wal-method=stream', '-d', source.join(' ')],
      {
        cwd: this.directory,
        env: { ...process.env, HOME: this.directory, PGPASSFILE: join(this.directory, 'primary.pgpass') },
        ...this.owner,
      },
    );
    const passfile = join(this.directory, 'primary.pgpass').replaceAll("'", "\\\\''");
    const conninfo = [...source, `application_name=${this.background.name}`, `passfile=''${passfile}''`].join(' ');
    appendFileSync(join(unfinished, 'postgresql.auto.conf'), `primary_conninfo = '${conninfo}'\n`);
    this.writeOwned('data.unfinished/standby.signal', '');
    renameSync(unfinished, this.data);
  }

  private async letFollow(port: number): Promise<void> {
    const rule = 'hostssl replication all 127.0.0.1/32 scram-sha-256\n';
    const rules = join(this.data, 'pg_hba.conf');
    if (!readFileSync(rules, 'utf8').includes(rule)) appendFileSync(rules, rule);
    await this.sql(port, 'postgres', 'SELECT pg_reload_conf()');
  }

  /** Ends the server and its sessions as a power loss does. */
  public async crash(): Promise<void> {
    await stopBackground(this.background, { signal: 'SIGKILL' });
  }

  /** Stops the server; everything committed is on disk. */
  public async stop(): Promise<void> {
    await stopBackground(this.background, { signal: 'SIGINT' });
  }

  private async createCluster(): Promise<void> {
    if (existsSync(join(this.data, 'PG_VERSION'))) {
      const version = readFileSync(join(this.data, 'PG_VERSION'), 'utf8').trim();
      const { stdout } = await run(join(this.binaries, 'postgres'), ['--version']);
      if (!stdout.includes(` ${version}.`)) {
        throw new UserError(
          `the local database was made by PostgreSQL ${version}, but ${this.binaries} has ${stdout.trim()}: ` +
            `put that version on PATH, or forget the data in ${this.directory} with "npm run local -- down ENVIRONMENT --wipe"`,
        );
      }
      return;
    }
    mkdirSync(this.directory, { recursive: true });
    this.own(this.directory);
    const unfinished = `${this.data}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    const password = randomBytes(24).toString('base64url');
    this.writeOwned('admin.pgpass', `*:*:*:${admin}:${password}\n`, { mine: true });
    this.writeOwned('initdb.password', password);
    await run(
      join(this.binaries, 'initdb'),
      [
        '-D',
        unfinished,
        '-U',
        admin,
        '--pwfile',
        join(this.directory, 'initdb.password'),
        '-A',
        'scram-sha-256',
        '-E',
        'UTF8',
        '--locale=C',
        '-N',
      ],
      { cwd: this.directory, ...this.owner },
    );
    rmSync(join(this.directory, 'initdb.password'));
    this.writeOwned('data.unfinished/pg_hba.conf', 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
    this.writeOwned(
      'data.unfinished/postgresql.auto.conf',
      [
        "listen_addresses = '127.0.0.1'",
        "unix_socket_directories = ''",
        'ssl = on',
        "ssl_cert_file = 'server.crt'",
        "ssl_key_file = 'server.key'",
        '',
      ].join('\n'),
    );
    // Only a finished cluster gets the name: an interrupted one is made anew.
    renameSync(unfinished, this.data);
  }

  private takeCertificate(instance: Pick<DatabaseInstance, 'certificateFile' | 'keyFile'>): void {
    this.writeOwned('data/server.crt', readFileSync(instance.certificateFile, 'utf8'));
    this.writeOwned('data/server.key', readFileSync(instance.keyFile, 'utf8'));
  }

  private async adopt(instance: DatabaseInstance, port: number): Promise<void> {
    const { databaseName, username } = instance;
    const has = async (question: string) => (await this.sql(port, 'postgres', question)).trim() === '1';
    const verifier = scramVerifier(instance.password);
    const exists = await has(`SELECT 1 FROM pg_roles WHERE rolname = '${username}'`);
    await this.sql(
      port,
      'postgres',
      `${exists ? 'ALTER' : 'CREATE'} ROLE "${username}" LOGIN CREATEDB CREATEROLE PASSWORD '${verifier}'`,
    );
    if (!(await has(`SELECT 1 FROM pg_database WHERE datname = '${databaseName}'`))) {
      await this.sql(port, 'postgres', `CREATE DATABASE "${databaseName}" OWNER "${username}"`);
    }
  }

  /** Asks as the superuser; the statement goes by standard input and the password by file, so that no process list shows them. */
  public sql(port: number, database: string, statement: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const psql = spawn(join(this.binaries, 'psql'), ['-XAtq', '-v', 'ON_ERROR_STOP=1'], {
        env: this.connection(port, database),
      });
      let output = '';
      let errors = '';
      psql.stdout.on('data', (chunk) => (output += chunk));
      psql.stderr.on('data', (chunk) => (errors += chunk));
      psql.on('error', reject);
      psql.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(`psql: ${errors.trim()}`))));
      psql.stdin.on('error', () => undefined); // one that found no server does not read its question
      psql.stdin.end(statement);
    });
  }

  /** Writes a backup of one database into a file, while it is in use. */
  public async backUp(port: number, database: string, file: string): Promise<void> {
    const args = ['--format=custom', '--compress=0', '--file', file];
    await run(join(this.binaries, 'pg_dump'), args, { env: this.connection(port, database) });
  }

  /** Makes a new database, with its owner, from a backup. */
  public async restore(port: number, database: string, owner: string, file: string): Promise<void> {
    await this.sql(port, 'postgres', `CREATE DATABASE "${database}" OWNER "${owner}"`);
    const args = ['--exit-on-error', '--dbname', database, file];
    await run(join(this.binaries, 'pg_restore'), args, { env: this.connection(port, database) });
  }

  /** Variables by which PostgreSQL's programs are the superuser of this server. */
  private connection(port: number, database: string): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      PGHOST: '127.0.0.1',
      PGPORT: String(port),
      PGDATABASE: database,
      PGUSER: admin,
      PGSSLMODE: 'require',
      PGPASSFILE: join(this.directory, 'admin.pgpass'),
    };
  }

  /** Writes a file that only PostgreSQL's user, or with `mine` only the user of this command, can read. */
  private writeOwned(name: string, content: string, { mine = false } = {}): void {
    const file = join(this.directory, name);
    rmSync(file, { force: true });
    writeFileSync(file, content, { mode: 0o600 });
    if (!mine) this.own(file);
  }

  private own(path: string): void {
    chmodSync(path, path === this.directory ? 0o755 : 0o600);
    if (this.owner.uid !== undefined && this.owner.gid !== undefined) chownSync(path, this.owner.uid, this.owner.gid);
  }
}

/**
 * Finds the folder of a PostgreSQL server's programs.
 * @throws UserError when there is none
 */
export function findPostgres(): string {
  const candidates = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'].flatMap((parent) =>
      existsSync(parent)
        ? readdirSync(parent)
            .filter((name) => /^(postgresql@)?\d+$/.test(name))
            .sort((a, b) => Number(b.replace(/\D/g, '')) - Number(a.replace(/\D/g, '')))
            .map((name) => join(parent, name, 'bin'))
        : [],
    ),
  ];
  const found = candidates.find((folder) =>
    ['initdb', 'postgres', 'psql'].every((name) => existsSync(join(folder, name))),
  );
  if (found !== undefined) return found;
  throw new UserError(
    'a PostgreSQL server (initdb, postgres, psql) is needed: install it, on Debian with "apt-get install postgresql", ' +
      'on macOS with "brew install postgresql@17"',
  );
}

/** PostgreSQL refuses to run as root: then it runs as the user that its packages make, or as nobody. */
export function unprivilegedOwner(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (user === undefined)
    throw new UserError('PostgreSQL refuses to run as root, and there is no user "postgres" or "nobody" to run it as');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/**
 * Issues a certificate for a host name, of a database or a load balancer, by an authority of its own: `server.crt`, `server.key` and the
 * authority's `rds-ca.pem`.
 * @param python environment of the emulator
 */
export async function issueCertificate(python: string, directory: string, host: string): Promise<void> {
  await run(join(python, 'bin', 'python'), [asset('postgres', 'certificate.py'), directory, host]);
}
