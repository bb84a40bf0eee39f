import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** A TCP port of 127.0.0.1 that nobody listens on. */
export function freePort(preferred = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => (preferred === 0 ? reject(error) : resolve(freePort())));
    probe.listen(preferred, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
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
