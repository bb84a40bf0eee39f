import { databaseClasses, serverTypes, type MachineSize } from './offers';
import type { Environment } from './schema';

/** How many processes serve, and how many database connections each may hold. */
export interface ServerSizing {
  /** Processes that serve requests. */
  readonly workers: number;
  /** Connections that each pool of a worker keeps open, and requests that a worker works on at once. */
  readonly poolSize: number;
  /** Connections that a pool may open beyond that for a while; never 0, which MLflow ignores. */
  readonly maxOverflow: number;
}

/** What a server is sized to. */
export interface SizingInput {
  /** EC2 instance type, for processors and memory. */
  readonly instanceType: string;
  /** RDS instance class, for the connections it takes. */
  readonly databaseClass: string;
  /**
   * Servers that share the database.
   * @default 1
   */
  readonly servers?: number;
  /**
   * Whether MLflow asks for passwords, by a pool of its own.
   * @default false
   */
  readonly authentication?: boolean;
}

/** Request threads of one worker at the most: they share one interpreter, and more of them only fight for it. Measured, November 2026. */
const requestThreads = 16;
/** Connections below which another worker does not pay. */
const leastPool = 4;
/** What one worker takes under load, and what the system keeps for itself. Measured: 230 MiB at rest. */
const memoryPerWorkerGiB = 0.35;
const memoryOfSystemGiB = 0.5;

/**
 * Sizes a server so that it fits its machine, and so that no number of requests exhausts the database's connections.
 * @throws Error for an instance type or class of unknown size, and for more servers than the database has connections for
 */
export function sizeServer(input: SizingInput): ServerSizing {
  const { workers, pool } = share(input);
  if (pool < 2) {
    throw new Error(`got ${input.servers} servers on ${input.databaseClass}, want a class that takes more connections`);
  }
  return { workers, poolSize: Math.ceil(pool / 2), maxOverflow: Math.floor(pool / 2) };
}

/** Whether a database has at least two connections for every pool of the servers. */
export function isEnoughFor(input: SizingInput): boolean {
  return share(input).pool >= 2;
}

/** The workers of a server, and what each of their pools gets of the database's connections. */
function share({ instanceType, databaseClass, servers = 1, authentication = false }: SizingInput) {
  const machine = known(serverTypes.sizeOf(instanceType), instanceType);
  // Half of them at most: two servers overlap while one replaces the other.
  const connections = Math.floor(maxConnections(databaseClass) / 2) - 5;
  const poolsOfAWorker = servers * pools(authentication);
  const fitting = Math.min(
    machine.processors,
    Math.floor((machine.memoryGiB - memoryOfSystemGiB) / memoryPerWorkerGiB),
    Math.floor(connections / (poolsOfAWorker * leastPool)),
  );
  const workers = Math.max(1, fitting);
  return { workers, pool: Math.min(2 * requestThreads, Math.floor(connections / (poolsOfAWorker * workers))) };
}

/** The size of an environment's servers: as computed, but for what the environment says itself. */
export function sizingOf(environment: Environment): ServerSizing {
  const given = Object.entries(environment.server.sizing ?? {}).filter(([, value]) => value !== undefined);
  return { ...sizeServer(sizingInput(environment)), ...Object.fromEntries(given) };
}

/** What the servers of an environment are sized to. */
export function sizingInput({ access, database, server }: Environment): Required<SizingInput> {
  return {
    instanceType: server.instanceType,
    databaseClass: database.instanceClass,
    servers: server.maxCount,
    authentication: access.authentication === 'basic-auth',
  };
}

/** Connections that servers of a size open at the most. */
export function connectionsOf(
  { workers, poolSize, maxOverflow }: ServerSizing,
  { servers = 1, authentication = false }: Pick<SizingInput, 'servers' | 'authentication'>,
): number {
  return servers * workers * pools(authentication) * (poolSize + maxOverflow);
}

/**
 * MLflow opens a pool for the tracking store, one for the model registry, and one for its users. A read replica, of the same class,
 * has a single pool of every worker, and reads that it cannot answer come out of the pools here.
 */
function pools(authentication: boolean): number {
  return authentication ? 3 : 2;
}

/** Memory of an RDS instance class in GiB. Throws Error for one of unknown size. */
export function databaseMemoryGiB(databaseClass: string): number {
  return known(databaseClasses.sizeOf(databaseClass), databaseClass).memoryGiB;
}

/**
 * Connections that RDS for PostgreSQL takes by default: LEAST({DBInstanceClassMemory/9531392}, 5000), of which a tenth is left out
 * for what the class's memory is short of its name.
 * Source: Amazon RDS user guide, "Quotas and constraints for Amazon RDS", "Maximum number of database connections".
 */
export function maxConnections(databaseClass: string): number {
  const bytes = databaseMemoryGiB(databaseClass) * 1024 ** 3 * 0.9;
  return Math.min(Math.floor(bytes / 9531392), 5000);
}

/** A size as a person reads it. */
export function sizingText({ workers, poolSize, maxOverflow }: ServerSizing): string {
  const many = workers === 1 ? '1 worker' : `${workers} workers`;
  return `${many} a server, each with ${poolSize} to ${poolSize + maxOverflow} connections in a pool`;
}

function known(size: MachineSize | undefined, name: string): MachineSize {
  if (size) return size;
  throw new Error(`got "${name}", want a type or class of libs/config/data`);
}
