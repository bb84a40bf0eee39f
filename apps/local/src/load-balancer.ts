import {
  type Background,
  checkout,
  rememberedPort,
  runningPid,
  startBackground,
  stopBackground,
  untilReady,
  waitUntil,
} from '@mlflow-on-aws/workbench';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from './certificates';
import { answersOk } from './machine';

/**
 * The stack's load balancer as far as this machine can be it: requests to whichever server is healthy, by TLS with the domain name's
 * certificate as in the cloud, and on a port without for whoever is on this machine.
 */
export class LocalLoadBalancer {
  private readonly background: Background;
  private readonly portFile: string;
  private readonly tlsPortFile: string;
  private readonly targetsFile: string;

  /** @param directory folder of its own */
  public constructor(private readonly directory: string) {
    this.background = { name: 'load-balancer', directory };
    this.portFile = join(directory, 'port');
    this.tlsPortFile = join(directory, 'tls-port');
    this.targetsFile = join(directory, 'targets.json');
  }

  /** Port that clients use, or undefined before the first start. */
  public get port(): number | undefined {
    return rememberedPort(this.portFile);
  }

  /** Port that speaks TLS, or undefined before the first start. */
  public get tlsPort(): number | undefined {
    return rememberedPort(this.tlsPortFile);
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
  public async start(preferredPort: number, { certificateFile, keyFile }: Certificate): Promise<void> {
    if (runningPid(this.background) === undefined) {
      // It takes others when somebody else listens there, and writes which.
      writeFileSync(this.portFile, String(this.port ?? preferredPort));
      writeFileSync(this.tlsPortFile, String(this.tlsPort ?? 0));
      startBackground(this.background, {
        command: process.execPath,
        args: [
          join(checkout, 'apps', 'local', 'load-balancer', 'load-balancer.mjs'),
          ...[this.portFile, this.targetsFile],
          ...[this.tlsPortFile, certificateFile, keyFile],
        ],
      });
    }
    await untilReady(
      this.background,
      async () => this.listens() && (await answersOk(`http://127.0.0.1:${this.port}/health`)),
      30_000,
    );
  }

  private listens(): boolean {
    return rememberedPort(`${this.portFile}.listens`) === runningPid(this.background);
  }

  /** Stops it. */
  public stop(): Promise<void> {
    return stopBackground(this.background);
  }
}
