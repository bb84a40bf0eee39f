import {
  type Background,
  checkout,
  rememberedPort,
  runningPid,
  startBackground,
  steadyPort,
  stopBackground,
  untilReady,
  waitUntil,
} from '@mlflow-on-aws/workbench';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answersOk } from './machine';

/** Its certificate of the domain name. */
export interface LoadBalancerCertificate {
  /** Files, PEM. */
  readonly certificateFile: string;
  readonly keyFile: string;
}

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
  public async start(preferredPort: number, { certificateFile, keyFile }: LoadBalancerCertificate): Promise<void> {
    if (runningPid(this.background) === undefined) {
      const port = await steadyPort(this.portFile, preferredPort);
      const tlsPort = await steadyPort(this.tlsPortFile);
      startBackground(this.background, {
        command: process.execPath,
        args: [
          join(checkout, 'apps', 'local', 'load-balancer', 'load-balancer.mjs'),
          ...[String(port), this.targetsFile],
          ...[String(tlsPort), certificateFile, keyFile],
        ],
      });
    }
    await untilReady(this.background, () => answersOk(`http://127.0.0.1:${this.port}/health`), 30_000);
  }

  /** Stops it. */
  public stop(): Promise<void> {
    return stopBackground(this.background);
  }
}
