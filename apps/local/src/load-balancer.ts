import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answersOk } from './machine';
import { asset } from './paths';
import { rememberedPort, steadyPort } from './ports';
import { runningPid, startBackground, stopBackground, untilReady, waitUntil, type Background } from './processes';

/** The stack's load balancer as far as this machine can be it: one loopback port, requests to whichever server is healthy. */
export class LocalLoadBalancer {
  private readonly background: Background;
  private readonly portFile: string;
  private readonly targetsFile: string;

  /** @param directory folder of its own */
  public constructor(private readonly directory: string) {
    this.background = { name: 'load-balancer', directory };
    this.portFile = join(directory, 'port');
    this.targetsFile = join(directory, 'targets.json');
  }

  /** Port that clients use, or undefined before the first start. */
  public get port(): number | undefined {
    return rememberedPort(this.portFile);
  }

  /** Says which servers there are, by their ports; when it returns, no new request goes to any other. */
  public async register(ports: readonly number[]): Promise<void> {
    const list = JSON.stringify(ports);
    mkdirSync(this.directory, { recursive: true });
    writeFileSync(`${this.targetsFile}.new`, list);
    renameSync(`${this.targetsFile}.new`, this.targetsFile);
    if (runningPid(this.background) === undefined) return;
    await waitUntil(() => readFileSync(`${this.targetsFile}.taken`, 'utf8') === list, 10_000);
  }

  /** Starts it, unless it runs. */
  public async start(preferredPort: number): Promise<void> {
    if (runningPid(this.background) === undefined) {
      const port = await steadyPort(this.portFile, preferredPort);
      startBackground(this.background, {
        command: process.execPath,
        args: [asset('load-balancer', 'load-balancer.mjs'), String(port), this.targetsFile],
      });
    }
    await untilReady(this.background, () => answersOk(`http://127.0.0.1:${this.port}/health`), 30_000);
  }

  /** Stops it. */
  public stop(): Promise<void> {
    return stopBackground(this.background);
  }
}
