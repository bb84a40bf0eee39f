import type { Laboratory } from '@mlflow-on-aws/laboratory';
import { checkout } from '@mlflow-on-aws/workbench';
import { sizeServer } from '@mlflow-on-aws/config';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Peer } from './peer';

/** Seconds of one way from nothing to a server that answers, on an empty database. */
export interface Booted {
  /** Until the packages are there. */
  readonly installed: number;
  /** What the processor had to do for that, in seconds: what else the machine does counts less in it. */
  readonly processor: number;
  /** From then until the first API request is answered. */
  readonly started: number;
}

/** Both ways, one after the other, without a package in any cache. */
export async function bootOnce(laboratory: Laboratory, round: number): Promise<{ peers: Booted; own: Booted }> {
  return { peers: await tutorial(laboratory, round), own: await ours(laboratory, round) };
}

/** `pip install mlflow boto3 psycopg2-binary`, and `mlflow server`. */
async function tutorial(laboratory: Laboratory, round: number): Promise<Booted> {
  const venv = join(laboratory.directory, `tutorial-${round}`);
  const began = Date.now();
  const packages = ['mlflow', 'boto3', 'psycopg2-binary'];
  const processor =
    run(laboratory, 'python3.11', ['-m', 'venv', venv]) +
    run(laboratory, join(venv, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', ...packages]);
  const installed = Date.now();
  const peer = await Peer.start(laboratory, `tutorial_${round}`, venv);
  const started = Date.now();
  peer.stop();
  rmSync(venv, { recursive: true });
  return { installed: (installed - began) / 1000, processor, started: (started - installed) / 1000 };
}

/** The boot script, and what its unit starts. */
async function ours(laboratory: Laboratory, round: number): Promise<Booted> {
  const root = join(laboratory.directory, `boot-${round}`);
  const database = `boot_${round}`;
  await laboratory.sql(`CREATE DATABASE ${database} OWNER mlflow`, 'postgres');
  mkdirSync(join(root, 'opt', 'mlflow'), { recursive: true });
  const began = Date.now();
  const boot = join(checkout, 'libs', 'tracking-server', 'server', 'boot');
  const processor = run(laboratory, boot, [], { MLFLOW_ROOT: root });
  const installed = Date.now();
  const server = await laboratory.server({
    database,
    python: join(root, 'opt', 'mlflow', 'venv'),
    sizing: sizeServer({ instanceType: 't3.micro', databaseClass: 'db.t4g.micro' }),
  });
  await server.ready();
  const started = Date.now();
  await server.stop();
  rmSync(root, { recursive: true });
  return { installed: (installed - began) / 1000, processor, started: (started - installed) / 1000 };
}

/** Runs a command with this machine's own way to its package registry. Returns the processor's seconds. */
function run({ directory }: Laboratory, command: string, args: string[], env: NodeJS.ProcessEnv = {}): number {
  // As on a machine of AWS: what pip installs is compiled, unless it is told otherwise.
  const environment = { ...process.env, PYTHONDONTWRITEBYTECODE: undefined, TMPDIR: directory, ...env };
  const timed = ['-c', 'TIMEFORMAT="%U %S"; time "$@"', 'time', command, ...args];
  const { status, stderr, error } = spawnSync('bash', timed, { env: environment, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
  const [user, system] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number) as [number, number];
  return user + system;
}

/** The rounds as a Markdown table; the better of the rounds counts, what else the machine did does not. */
export function bootTable(rounds: readonly { readonly peers: Booted; readonly own: Booted }[]): string {
  const best = (of: (round: (typeof rounds)[number]) => number) => Math.min(...rounds.map(of)).toFixed(1);
  const row = (title: string, which: 'peers' | 'own') =>
    [
      title,
      best((round) => round[which].installed),
      best((round) => round[which].processor),
      best((round) => round[which].started),
      best((round) => round[which].installed + round[which].started),
    ].join(' | ');
  return [
    'from nothing to the first answer, s | packages | their processor time | start | together',
    '--- | ---: | ---: | ---: | ---:',
    row('`pip install mlflow boto3 psycopg2-binary`, `mlflow server`', 'peers'),
    row('`boot`, `run`', 'own'),
  ]
    .map((line) => `| ${line} |`)
    .join('\n');
}
