import type { ServerConfig } from '@mlflow-on-aws/tracking-server';
import { LocalPostgres, onSteadyPort, rememberedPort, type Tools } from '@mlflow-on-aws/workbench';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificateOf, type Certificate } from './certificates';

/** Where the backend store answers on this machine, in libpq's own variables. */
export interface DatabaseAddress {
  readonly port: number;
  readonly certificateAuthority: string;
  /** @default - there is no read replica */
  readonly replicaPort?: number;
}

/** The RDS instance of an environment, and its read replica where it has one. */
export class LocalDatabase {
  /** The instance. */
  public readonly postgres: LocalPostgres;
  /** Its read replica. */
  public readonly replica: LocalPostgres;

  /** @param directory folder of the environment */
  public constructor(
    private readonly directory: string,
    private readonly tools: Tools,
  ) {
    this.postgres = new LocalPostgres(join(directory, 'postgres'), tools.postgres);
    this.replica = new LocalPostgres(join(directory, 'replica'), tools.postgres, 'replica');
  }

  /** Port of the instance on this machine, or undefined before its first start. */
  public get port(): number | undefined {
    return rememberedPort(this.portFile('postgres'));
  }

  /**
   * Starts what does not run, as a server's configuration names it.
   * @param password of the master user; a database that runs takes it, as RDS does when it rotates
   */
  public async start(database: ServerConfig['database'], password: string): Promise<DatabaseAddress> {
    const certificate = await this.certificate(database.host, this.postgres, 'certificate');
    const instance = { databaseName: database.name, username: database.user, password, ...certificate };
    const port = await this.onPort('postgres', database.port, (given) => this.postgres.start(instance, given));
    if (database.replicaHost === null) return { port, certificateAuthority: certificate.authorityFile };
    return this.follow(database.replicaHost, port, certificate.authorityFile);
  }

  /** Stops both; everything committed is on disk. */
  public async stop(): Promise<void> {
    await this.replica.stop();
    await this.postgres.stop();
  }

  /** A copy that follows the instance, under the name of the RDS replica. */
  private async follow(host: string, port: number, authorityFile: string): Promise<DatabaseAddress> {
    const certificate = await this.certificate(host, this.replica, 'certificate-replica');
    const replicaPort = await this.onPort('replica', 0, (given) =>
      this.replica.follow(this.postgres, port, certificate, given),
    );
    // Each name has an authority of its own; RDS has one for both.
    const certificateAuthority = join(this.directory, 'certificate-replica', 'both.pem');
    const both = [authorityFile, certificate.authorityFile].map((file) => readFileSync(file, 'utf8')).join('');
    writeFileSync(certificateAuthority, both);
    return { port, certificateAuthority, replicaPort };
  }

  private async onPort(
    name: 'postgres' | 'replica',
    preferred: number,
    start: (port: number) => Promise<void>,
  ): Promise<number> {
    const port = this[name].running ? rememberedPort(this.portFile(name)) : undefined;
    if (port === undefined) {
      mkdirSync(join(this.directory, name), { recursive: true });
      return onSteadyPort(this.portFile(name), preferred, start);
    }
    await start(port);
    return port;
  }

  private portFile(name: 'postgres' | 'replica'): string {
    return join(this.directory, name, 'port');
  }

  private certificate(host: string, server: LocalPostgres, folder: string): Promise<Certificate> {
    // A server takes its certificate when it starts.
    return certificateOf(host, join(this.directory, folder), this.tools.emulatorPython, () => server.stop());
  }
}
