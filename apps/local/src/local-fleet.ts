import type { Environment } from '@mlflow-on-aws/config';
import { UserError } from '@mlflow-on-aws/command-line';
import { onSteadyPort, rememberedPort, type Progress } from '@mlflow-on-aws/workbench';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { certificateIn, certificateOf } from './certificates';
import { LocalLoadBalancer } from './load-balancer';
import type { DatabaseAddress } from './local-database';
import type { Machine } from './machine';

/** An instance of the Auto Scaling group, and the machine that stands for it. */
export interface FleetMember {
  readonly instanceId: string;
  readonly machine: Machine;
}

/** The machines of an Auto Scaling group, and the load balancer before them. */
export class LocalFleet {
  /** The load balancer. */
  public readonly loadBalancer: LocalLoadBalancer;

  /**
   * @param directory folder of the environment
   * @param python Python environment of the emulator
   * @param machineOf the machine that stands for an instance
   */
  public constructor(
    private readonly directory: string,
    private readonly environment: Environment,
    private readonly python: string,
    private readonly machineOf: (instanceId: string, directory: string) => Machine,
  ) {
    this.loadBalancer = new LocalLoadBalancer(join(directory, 'load-balancer'));
  }

  /** The machine that stands for an instance. */
  public member(instanceId: string): FleetMember {
    return { instanceId, machine: this.machineOf(instanceId, this.folderOf(instanceId)) };
  }

  /** The machines that were started here, of whichever group. */
  public get here(): readonly FleetMember[] {
    const directory = join(this.directory, 'machines');
    return existsSync(directory) ? readdirSync(directory).map((id) => this.member(id)) : [];
  }

  /**
   * Boots and starts the members one after the other, then the load balancer; the machines that the group has no more go last.
   * @param startDatabase starts the database that a machine is configured for
   */
  public async up(
    members: readonly FleetMember[],
    progress: Progress,
    startDatabase: (machine: Machine) => Promise<DatabaseAddress>,
  ): Promise<void> {
    const [first] = members;
    if (first === undefined) throw new UserError('the Auto Scaling group has no server');
    const which = (index: number) => `server ${index + 1} of ${members.length}, ${members[index]?.instanceId}`;
    for (const [index, { machine }] of members.entries()) {
      await progress.step(`Boot ${which(index)}`, (report) => machine.boot(report));
    }
    const database = await progress.step('Start PostgreSQL as the RDS instance', () => startDatabase(first.machine));
    const ports: number[] = [];
    for (const [index, member] of members.entries()) {
      await progress.step(`Start ${which(index)}`, async () => ports.push(await this.start(member, database)));
    }
    await progress.step('Start the load balancer', async () => {
      await this.loadBalancer.register(ports);
      const certificate = await certificateOf(this.domainName, this.domainDirectory, this.python);
      await this.loadBalancer.start(this.environment.server.port, certificate);
    });
    for (const { instanceId, machine } of this.here) {
      if (members.some((member) => member.instanceId === instanceId)) continue;
      await progress.step(`Stop ${instanceId}, which the group has no more`, async () => {
        await machine.stop();
        rmSync(this.folderOf(instanceId), { recursive: true, force: true });
      });
    }
  }

  /** Where the load balancer speaks TLS as in the cloud: its name, its port on this machine, and whom to trust for it. */
  public get secureAddress(): { readonly name: string; readonly port: number; readonly certificateAuthority: string } {
    const port = this.loadBalancer.tlsPort;
    if (port === undefined) throw new UserError(`the load balancer of ${this.environment.name} was never started`);
    return { name: this.domainName, port, certificateAuthority: certificateIn(this.domainDirectory).authorityFile };
  }

  private async start({ instanceId, machine }: FleetMember, database: DatabaseAddress): Promise<number> {
    const file = join(this.folderOf(instanceId), 'port');
    const port = machine.running ? rememberedPort(file) : undefined;
    if (port !== undefined) return port;
    mkdirSync(this.folderOf(instanceId), { recursive: true });
    return onSteadyPort(file, 0, (given) => machine.start(given, database));
  }

  private folderOf(instanceId: string): string {
    return join(this.directory, 'machines', instanceId);
  }

  private get domainName(): string {
    return this.environment.loadBalancer?.domainName ?? 'localhost';
  }

  private get domainDirectory(): string {
    return join(this.directory, 'load-balancer', 'certificate');
  }
}
