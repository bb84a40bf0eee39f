import {
  type Background,
  type Report,
  runningPid,
  startBackground,
  stopBackground,
  untilReady,
} from '@mlflow-on-aws/workbench';
import type { ServerConfig } from '@mlflow-on-aws/tracking-server';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DatabaseAddress } from './local-database';
import { UserError } from '@mlflow-on-aws/command-line';

/** What the EC2 instance would find around it. */
export interface Surroundings {
  /** Address of the instance's own metadata service. */
  readonly metadataEndpoint: string;
  /** Environment variables by which AWS is reached. */
  readonly aws: NodeJS.ProcessEnv;
  /** Folders with the programs that the instance's image carries, such as the AWS CLI, for PATH. */
  readonly programs: string;
  /** Python environment made from the same lock that the boot script installs from. */
  readonly python: string;
}

/** The stack's EC2 instance as far as this machine can be it: its user data, run in a root folder of its own. */
export class Machine {
  private readonly background: Background;
  private readonly root: string;

  /** @param directory folder of its own */
  public constructor(
    directory: string,
    private readonly surroundings: Surroundings,
  ) {
    this.background = { name: 'mlflow', directory };
    this.root = join(directory, 'root');
  }

  /** Whether the server runs. */
  public get running(): boolean {
    return runningPid(this.background) !== undefined;
  }

  /** Process of the server; 0 when it does not run. */
  public get pid(): number {
    return runningPid(this.background) ?? 0;
  }

  /** Whether its first boot has written the server's configuration. */
  public get booted(): boolean {
    return existsSync(join(this.root, 'etc/mlflow/server.json'));
  }

  /** The server's configuration as the stack rendered it. */
  public get config(): ServerConfig {
    return JSON.parse(readFileSync(join(this.root, 'etc/mlflow/server.json'), 'utf8'));
  }

  /** Does what the instance does at its first boot, unless done: runs its user data, which fetches, checks and unpacks the server's files. */
  public async boot(report: Report): Promise<void> {
    const userData = await this.metadata('latest/user-data');
    const booted = join(this.root, 'booted-with');
    const identity = `${this.surroundings.metadataEndpoint}\n${userData}`;
    if (existsSync(booted) && readFileSync(booted, 'utf8') === identity) return;
    await this.stop(); // another instance than the one that runs here
    mkdirSync(this.root, { recursive: true });
    const lines: string[] = [];
    const code = await new Promise<number | null>((resolve, reject) => {
      const bash = spawn('bash', ['-s'], { env: this.environment, stdio: 'pipe' });
      for (const stream of [bash.stdout, bash.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          lines.push(line);
          report(line);
        });
      }
      bash.on('error', reject);
      bash.on('close', resolve);
      bash.stdin.end(userData);
    });
    if (code !== 0) throw new UserError(`the instance's user data failed:\n${lines.slice(-15).join('\n')}`);
    writeFileSync(booted, identity, { mode: 0o600 });
  }

  /** Starts the server with the cloud's own `run` script on a loopback port, unless it runs. */
  public async start(port: number, database: DatabaseAddress): Promise<void> {
    if (!this.running) {
      startBackground(this.background, {
        command: join(this.surroundings.python, 'bin', 'python'),
        args: [
          join(this.root, 'opt/mlflow/current/run'),
          ...['--config', join(this.root, 'etc/mlflow/server.json')],
          ...['--host', '127.0.0.1', '--port', String(port)],
        ],
        env: {
          ...this.environment,
          PGHOSTADDR: '127.0.0.1',
          PGPORT: String(database.port),
          PGSSLROOTCERT: database.certificateAuthority,
          REPLICA_PGPORT: database.replicaPort === undefined ? undefined : String(database.replicaPort),
        },
        cwd: this.root,
      });
    }
    await untilReady(this.background, () => answersOk(`http://127.0.0.1:${port}/health`), 120_000);
  }

  /** Stops the server after the requests under way. */
  public stop(): Promise<void> {
    return stopBackground(this.background);
  }

  private get environment(): NodeJS.ProcessEnv {
    return {
      ...this.surroundings.aws,
      // The instance has no keys: it gets its role's credentials from its metadata service.
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_EC2_METADATA_DISABLED: undefined,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: this.surroundings.metadataEndpoint,
      PATH: `${this.surroundings.programs}:${process.env.PATH}`,
      HOME: this.root,
      LANG: 'C.UTF-8',
      MLFLOW_ROOT: this.root,
      MLFLOW_VENV: this.surroundings.python,
    };
  }

  private async metadata(path: string): Promise<string> {
    const base = this.surroundings.metadataEndpoint.replace(/\/$/, '');
    const token = await fetch(`${base}/latest/api/token`, {
      method: 'PUT',
      headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '60' },
    });
    const answer = await fetch(`${base}/${path}`, { headers: { 'X-aws-ec2-metadata-token': await token.text() } });
    if (!answer.ok) throw new Error(`the instance metadata service answered ${answer.status} to ${path}`);
    return answer.text();
  }
}

/** Whether an address answers with success. */
export async function answersOk(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}
