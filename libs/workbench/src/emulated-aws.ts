import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asset } from './paths';
import { rememberedPort } from './ports';
import { runningPid, startBackground, stopBackground, untilReady, type Background } from './processes';

const run = promisify(execFile);

/** How clients reach the emulated AWS. */
export interface Endpoint {
  readonly proxyUrl: string;
  readonly caBundle: string;
  readonly metadataEndpoint: string;
  readonly accountId: string;
}

/** The emulated AWS: every AWS host name behind one proxy, its account kept on disk. */
export class EmulatedAws {
  private readonly background: Background;
  private readonly state: string;

  /**
   * @param directory folder of its own; the account survives in it
   * @param python Python environment of the emulator
   * @param awsCli folder of the AWS CLI
   */
  public constructor(
    private readonly directory: string,
    private readonly python: string,
    private readonly awsCli: string,
  ) {
    this.background = { name: 'emulated-aws', directory };
    this.state = join(directory, 'account');
  }

  /** Whether it runs. */
  public get running(): boolean {
    return runningPid(this.background) !== undefined;
  }

  /** Where it answers. */
  public get endpoint(): Endpoint {
    return JSON.parse(readFileSync(join(this.state, 'endpoint.json'), 'utf8'));
  }

  /** Starts it, unless it runs, as the account of that number. */
  public async start(accountId: string): Promise<Endpoint> {
    if (!this.running) {
      mkdirSync(this.directory, { recursive: true });
      startBackground(this.background, {
        command: join(this.python, 'bin', 'python'),
        args: [
          ...['-m', 'emulated_aws', '--state-dir', this.state, '--account-id', accountId],
          // Those of the last time, as long as they are free: exported variables go on working.
          ...['--port', String(rememberedPort(this.portFile('proxy')) ?? 0)],
          ...['--metadata-port', String(rememberedPort(this.portFile('metadata')) ?? 0)],
        ],
        env: { ...withoutProxy(process.env), PYTHONPATH: asset('emulator'), PYTHONDONTWRITEBYTECODE: '1' },
      });
    }
    await untilReady(this.background, () => this.answers(), 60_000);
    const { proxyUrl, metadataEndpoint } = this.endpoint;
    writeFileSync(this.portFile('proxy'), new URL(proxyUrl).port);
    writeFileSync(this.portFile('metadata'), new URL(metadataEndpoint).port);
    return this.endpoint;
  }

  /** Stops it; the account is on disk. */
  public stop(): Promise<void> {
    return stopBackground(this.background);
  }

  /** Forgets the account and everything in it. */
  public forget(): void {
    rmSync(this.state, { recursive: true, force: true });
  }

  /** Environment variables that point AWS CLI, SDKs, Terraform and cdktf at it, in a region. */
  public environment(region: string): Record<string, string> {
    const { proxyUrl, caBundle } = this.endpoint;
    return {
      HTTPS_PROXY: proxyUrl,
      HTTP_PROXY: proxyUrl,
      NO_PROXY: 'localhost,127.0.0.1',
      AWS_CA_BUNDLE: caBundle,
      REQUESTS_CA_BUNDLE: caBundle,
      SSL_CERT_FILE: caBundle,
      NODE_EXTRA_CA_CERTS: caBundle,
      // The emulated AWS checks no signature; what matters is that nobody's real credentials are ever picked up.
      AWS_ACCESS_KEY_ID: 'emulated',
      AWS_SECRET_ACCESS_KEY: 'emulated',
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    };
  }

  /** Runs an AWS CLI command against it and returns what it prints. */
  public async cli(region: string, ...args: string[]): Promise<string> {
    const { stdout } = await run(join(this.awsCli, 'aws'), args, {
      env: { ...withoutProxy(process.env), ...this.environment(region), AWS_PAGER: '' },
      maxBuffer: 1 << 26,
    });
    return stdout.trim();
  }

  /** Makes the hosted zone of a domain name under the id that a stack names, unless it exists. */
  public async makeHostedZone(region: string, id: string, domainName: string): Promise<void> {
    const zone = domainName.split('.').slice(1).join('.');
    await this.cli(region, 'route53', 'get-hosted-zone', '--id', id).catch(() =>
      this.cli(region, 'route53', 'create-hosted-zone', '--name', zone, '--caller-reference', id),
    );
  }

  private portFile(server: 'proxy' | 'metadata'): string {
    return join(this.directory, `${server}-port`);
  }

  private answers(): boolean {
    try {
      return this.endpoint.proxyUrl !== '';
    } catch {
      return false;
    }
  }
}

/** An environment without the machine's own proxy and AWS settings, which would send requests elsewhere. */
export function withoutProxy(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^(https?_proxy|no_proxy|all_proxy|aws_.*|tf_cli_config_file)$/i.test(name),
    ),
  );
}
