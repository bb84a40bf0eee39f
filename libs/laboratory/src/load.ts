import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** One request, as its client saw it. */
export interface Sent {
  readonly kind: 'run' | 'artifact';
  /** Milliseconds since the epoch. */
  readonly began: number;
  readonly ended: number;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** What was said instead of success. */
  readonly problem: string;
  /** Seconds after which a server that has too much to do wants to be asked again. */
  readonly retryAfter?: string;
}

/** Longest that a client waits for an answer. */
const patienceMs = 30_000;

/** After a failure a client thinks for a moment, as the MLflow client does; it does not repeat the request. */
const afterFailureMs = 100;

/** Clients that log runs and artifacts without a pause, and remember what was acknowledged. */
export class Load {
  public readonly sent: Sent[] = [];
  /** Ids of acknowledged runs. */
  public readonly runs = new Set<string>();
  /** `RUN/KEY` of acknowledged metrics. */
  public readonly metrics = new Set<string>();
  /** Paths of acknowledged artifacts below the artifact store's prefix. */
  public readonly artifacts = new Set<string>();

  private readonly agent = new Agent({ keepAlive: true });
  private clients: Promise<void>[] = [];
  private stopping = false;
  private count = 0;

  /**
   * @param uri tracking URI
   * @param login user and password, where the server asks for them
   */
  public constructor(
    private readonly uri: string,
    private readonly login?: { readonly username: string; readonly password: string },
  ) {}

  /** Lets clients begin: each of the `writers` logs runs, each of the `uploaders` artifacts. */
  public start({ writers = 6, uploaders = 0 } = {}): void {
    this.clients = [
      ...Array.from({ length: writers }, () => this.until(() => this.logRun())),
      ...Array.from({ length: uploaders }, () => this.until(() => this.logArtifact())),
    ];
  }

  /** Lets every client finish its request and stop. */
  public async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.clients);
    this.agent.destroy();
  }

  private async until(work: () => Promise<boolean>): Promise<void> {
    while (!this.stopping) if (!(await work())) await pause(afterFailureMs);
  }

  private async logRun(): Promise<boolean> {
    const name = `run-${this.count++}`;
    const made = await this.send('run', 'POST', '/api/2.0/mlflow/runs/create', {
      experiment_id: '0',
      run_name: name,
      start_time: Date.now(),
    });
    if (made === undefined) return false;
    const id = (made as { run: { info: { run_id: string } } }).run.info.run_id;
    this.runs.add(id);
    for (let step = 0; step < 4 && !this.stopping; step++) {
      const metrics = Array.from({ length: 5 }, (_, i) => ({
        key: `m${step}_${i}`,
        value: i,
        timestamp: Date.now(),
        step,
      }));
      if (
        (await this.send('run', 'POST', '/api/2.0/mlflow/runs/log-batch', { run_id: id, metrics, params: [] })) ===
        undefined
      )
        return false;
      for (const { key } of metrics) this.metrics.add(`${id}/${key}`);
    }
    return true;
  }

  private async logArtifact(): Promise<boolean> {
    const path = `0/load/artifacts/file-${this.count++}`;
    const done = await this.send('artifact', 'PUT', `/api/2.0/mlflow-artifacts/artifacts/${path}`, path);
    if (done === undefined) return false;
    this.artifacts.add(path);
    return true;
  }

  private async send(kind: Sent['kind'], method: string, path: string, body: unknown): Promise<unknown> {
    const began = Date.now();
    const { status, text, retryAfter } = await this.exchange(
      method,
      path,
      typeof body === 'string' ? body : JSON.stringify(body),
    );
    const problem = status === 200 ? '' : text.slice(0, 300);
    this.sent.push({ kind, began, ended: Date.now(), status, problem, retryAfter });
    if (status !== 200) return undefined;
    return text === '' ? {} : JSON.parse(text);
  }

  private exchange(
    method: string,
    path: string,
    body: string,
  ): Promise<{ status: number; text: string; retryAfter?: string }> {
    return new Promise((resolve) => {
      const asked = request(`${this.uri}${path}`, {
        agent: this.agent,
        method,
        auth: this.login && `${this.login.username}:${this.login.password}`,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(patienceMs),
      });
      const failed = (error: Error) => resolve({ status: 0, text: error.message });
      asked.on('error', failed);
      asked.on('response', (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk) => (text += chunk));
        answer.on('error', failed);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, text, retryAfter: answer.headers['retry-after'] }),
        );
      });
      asked.end(body);
    });
  }
}

/**
 * Seconds from the end of a cause until every request succeeds again.
 * @returns Infinity when nothing succeeded since
 */
export function secondsToRecover(sent: readonly Sent[], causeEnded: number): number {
  const after = sent.filter(({ ended }) => ended >= causeEnded);
  const lastFailure = Math.max(0, ...after.filter(({ status }) => status !== 200).map(({ ended }) => ended));
  const recovered = after
    .filter(({ status, ended }) => status === 200 && ended > lastFailure)
    .map(({ ended }) => ended);
  if (recovered.length === 0) return Infinity;
  return (Math.max(lastFailure, Math.min(...recovered)) - causeEnded) / 1000;
}
