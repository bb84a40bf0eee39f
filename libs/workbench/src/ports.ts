import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claim, release } from './lock';
import { AddressInUse } from './processes';

// For servers that must be told their port, such as PostgreSQL. Servers that can bind port 0 do so and say what they got.
// Below what systems give to outgoing connections (Linux from 32768, macOS from 49152), so that none of these comes upon it.
const lowest = 10_000;
const count = 20_000;
let next = Math.floor(Math.random() * count);

/**
 * A TCP port of 127.0.0.1 that nobody listens on, and that no other command or test of this repository gets while this process lives.
 * @param preferred taken when it is to be had
 * @throws Error when every port is taken
 */
export async function reservePort(preferred = 0): Promise<number> {
  if (preferred !== 0 && (await reserved(preferred))) return preferred;
  for (let tried = 0; tried < count; tried++) {
    const port = lowest + (next++ % count);
    if (await reserved(port)) return port;
  }
  throw new Error(`no free port from ${lowest} to ${lowest + count - 1}`);
}

/**
 * Starts a server that must be told its port, on another one when somebody took it before the server did.
 * @param file keeps the port, so that bookmarks and exported variables go on working
 */
export async function onSteadyPort(
  file: string,
  preferred: number,
  start: (port: number) => Promise<void>,
): Promise<number> {
  for (let tries = 1; ; tries++) {
    const port = await reservePort(tries === 1 ? (rememberedPort(file) ?? preferred) : 0);
    writeFileSync(file, String(port));
    try {
      await start(port);
      return port;
    } catch (error) {
      if (!(error instanceof AddressInUse) || tries === 5) throw error;
    }
  }
}

/** The port that was last written to `file`. */
export function rememberedPort(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

const ours = new Set<number>();
process.once('exit', () => ours.forEach((port) => release(fileOf(port))));
const fileOf = (port: number): string => join(tmpdir(), `mlflow-on-aws-ports-${process.getuid?.() ?? 0}`, String(port));

async function reserved(port: number): Promise<boolean> {
  // This process gives each port away once. It may ask for the same one again by its number.
  if (!ours.has(port) && !claim(fileOf(port))) return false;
  ours.add(port);
  if (await isFree(port)) return true;
  ours.delete(port);
  release(fileOf(port));
  return false;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
