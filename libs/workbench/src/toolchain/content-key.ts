import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { goVersion } from './go';

/** Name of a build in the cache: by what it is made from, what makes it, and for which kind of machine. */
export async function contentKey(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${await goVersion()}`);
  for (const file of files) hash.update('\0').update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
