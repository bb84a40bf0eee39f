import { reservePort, waitUntil } from '@mlflow-on-aws/workbench';
import type { Laboratory } from '@mlflow-on-aws/laboratory';
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * MLflow started by the tutorial's command, with two changes without which there is nothing to compare: `+psycopg2`, or it
 * does not start; `--artifacts-destination`, or the artifacts do not pass it.
 */
export class Peer {
  private constructor(
    private readonly process: ChildProcess,
    private readonly log: string,
    /** Tracking URI. */
    public readonly uri: string,
  ) {}

  /**
   * Starts it on a database of its own.
   * @param python Python environment that it runs in
   */
  public static async start(
    laboratory: Laboratory,
    database = 'tutorial',
    python = laboratory.python.server,
  ): Promise<Peer> {
    await laboratory.sql(`CREATE DATABASE ${database} OWNER mlflow`, 'postgres');
    const { backendStoreUri, artifactRoot } = laboratory.peerArguments(database);
    const port = await reservePort();
    const log = join(laboratory.directory, `${database}.log`);
    const output = openSync(log, 'a');
    const child = spawn(
      join(python, 'bin', 'mlflow'),
      [
        ...['server', '-h', '127.0.0.1', '-p', String(port)],
        ...['--backend-store-uri', backendStoreUri, '--artifacts-destination', artifactRoot],
      ],
      {
        env: {
          ...laboratory.surroundings,
          PATH: `${join(python, 'bin')}:${process.env.PATH}`,
          MLFLOW_DISABLE_TELEMETRY: 'true',
        },
        cwd: laboratory.directory,
        detached: true,
        stdio: ['ignore', output, output],
      },
    );
    closeSync(output);
    const peer = new Peer(child, log, `http://127.0.0.1:${port}`);
    await peer.ready();
    return peer;
  }

  /** Its first process. */
  public get pid(): number {
    return this.process.pid ?? 0;
  }

  /** Stops it with all that it started. */
  public stop(): void {
    if (this.process.exitCode === null) process.kill(-this.pid, 'SIGKILL');
  }

  private async ready(): Promise<void> {
    const answers = () =>
      fetch(`${this.uri}/api/2.0/mlflow/experiments/get?experiment_id=0`).then(
        ({ ok }) => ok,
        () => false,
      );
    if (await waitUntil(answers, 180_000)) return;
    this.stop();
    throw new Error(`mlflow server does not answer:\n${readFileSync(this.log, 'utf8').slice(-2000)}`);
  }
}
