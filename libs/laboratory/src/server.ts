import { addressInUse, checkout, logFile, logTail, reservePort, startTime, waitUntil } from '@mlflow-on-aws/workbench';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServerConfig } from '@mlflow-on-aws/tracking-server';

/** The server’s files, as its bundle has them. */
export const serverFiles = join(checkout, 'libs', 'tracking-server', 'server');

/** Seconds after which the systemd unit starts the server again; it always does. */
const restartSeconds = Number(
  /^Restart=always\nRestartSec=(\d+)$/m.exec(readFileSync(join(serverFiles, 'mlflow.service'), 'utf8'))?.[1],
);

/** How a server is started. */
export interface ServerStart {
  /** Folder of its own. */
  readonly directory: string;
  readonly python: string;
  readonly config: ServerConfig;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether it is started again when it ends, as its systemd unit does. @default true */
  readonly supervised?: boolean;
}

/** An MLflow server as on its machine: the same `run` script, kept alive as its systemd unit says. */
export class Server {
  private process: ChildProcess | undefined;
  private stopping = false;
  private served = false;
  private timer: NodeJS.Timeout | undefined;
  /** Exit code of the last process that ended by itself. */
  public exitCode: number | null | undefined;

  public constructor(
    private readonly start_: ServerStart,
    /** Port that it listens on; another from the start on when somebody took the first. */
    public port: number,
  ) {
    mkdirSync(start_.directory, { recursive: true });
    writeFileSync(this.configFile, JSON.stringify(start_.config));
    this.spawn();
  }

  /** Where clients find it. */
  public get uri(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Everything it has written so far. */
  public get log(): string {
    return readFileSync(logFile({ name: 'mlflow', directory: this.start_.directory }), 'utf8');
  }

  /** Folder of its own. */
  public get directory(): string {
    return this.start_.directory;
  }

  /** Its main process. */
  public get pid(): number {
    return this.process?.pid ?? 0;
  }

  /** Runs another of its machine's programs to its end. Returns what it wrote; rejects when it fails. */
  public async runs(program: string, ...args: string[]): Promise<string> {
    const { directory, python, environment } = this.start_;
    const { stdout, stderr } = await promisify(execFile)(
      join(python, 'bin', 'python'),
      [join(serverFiles, program), '--config', this.configFile, ...args],
      { cwd: directory, env: environment, timeout: 120_000 },
    );
    return stdout + stderr;
  }

  /** HTTP status of one of its pages; 0 when it does not answer. */
  public status(path: '/health' | '/ready'): Promise<number> {
    return fetch(`${this.uri}${path}`, { signal: AbortSignal.timeout(10_000) }).then(
      (answer) => {
        this.served = true;
        return answer.status;
      },
      () => 0,
    );
  }

  /** Waits until it serves and its database answers. */
  public async ready(seconds = 120): Promise<void> {
    if (!(await waitUntil(async () => (await this.status('/ready')) === 200, seconds * 1000)))
      throw new Error(`not ready after ${seconds} s:\n${this.log.split('\n').slice(-15).join('\n')}`);
  }

  /** Waits until its log says something. */
  public async says(text: string | RegExp, seconds = 60): Promise<void> {
    const found = () => (typeof text === 'string' ? this.log.includes(text) : text.test(this.log));
    if (!(await waitUntil(found, seconds * 1000))) throw new Error(`did not say ${text} in ${seconds} s:\n${this.log}`);
  }

  /** Stops it for good. */
  public async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    const { pid } = this;
    if (pid === 0 || startTime(pid) === '') return;
    this.signalGroup('SIGTERM');
    if (!(await waitUntil(() => startTime(pid) === '', 30_000))) this.signalGroup('SIGKILL');
  }

  /** Its configuration, as its other programs take it. */
  public get configFile(): string {
    return join(this.start_.directory, 'server.json');
  }

  private spawn(): void {
    const { directory, python, environment, supervised = true } = this.start_;
    const log = openSync(logFile({ name: 'mlflow', directory }), 'a');
    const child = spawn(
      join(python, 'bin', 'python'),
      [join(serverFiles, 'run'), '--config', this.configFile, '--host', '127.0.0.1', '--port', String(this.port)],
      { cwd: directory, env: environment, detached: true, stdio: ['ignore', log, log] },
    );
    closeSync(log);
    this.process = child;
    child.on('exit', (code) => {
      this.exitCode = code;
      // systemd ends what a main process leaves behind before it starts the next.
      this.signalGroup('SIGKILL');
      if (this.stopping) return;
      if (!this.served && addressInUse.test(logTail({ name: 'mlflow', directory }, 5))) void this.move();
      else if (supervised) this.timer = setTimeout(() => this.spawn(), restartSeconds * 1000);
    });
  }

  /** Somebody took the port before the server did. */
  private async move(): Promise<void> {
    this.port = await reservePort();
    this.spawn();
  }

  private signalGroup(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // gone already
    }
  }
}
