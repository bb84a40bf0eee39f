import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

// Below what systems give to outgoing connections (Linux from 32768, macOS from 49152). Every process looks in a part of its own and
// gives no port twice: between the look and the server's start, which takes seconds, nobody else comes upon the same one.
const lowest = 10_000;
const parts = 100;
const partSize = 200;
let next = Math.floor(Math.random() * partSize);

/**
 * A TCP port of 127.0.0.1 that nobody listens on: the preferred one, or another.
 * @throws Error when every port of this process's part is taken
 */
export async function freePort(preferred = 0): Promise<number> {
  if (preferred !== 0 && (await isFree(preferred))) return preferred;
  for (let tried = 0; tried < partSize; tried++) {
    const port = lowest + (process.pid % parts) * partSize + (next++ % partSize);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${lowest} to ${lowest + parts * partSize - 1} in the part of this process`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** The port a component had the last time, as long as it is free: bookmarks and exported variables go on working. */
export async function steadyPort(file: string, preferred = 0): Promise<number> {
  const port = await freePort(rememberedPort(file) ?? preferred);
  writeFileSync(file, String(port));
  return port;
}

/** The port that was last written to `file`. */
export function rememberedPort(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}
