import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from '../paths';
import { UserError } from '@mlflow-on-aws/command-line';

/**
 * A folder of the cache, made when it is not there.
 * @throws UserError when nothing can be written in it
 */
export function cacheFolder(name: string): string {
  const folder = join(cacheDirectory(), name);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UserError(
      `cannot write in ${folder} (${(error as NodeJS.ErrnoException).code}): make it writable, or set XDG_CACHE_HOME to a folder that is`,
    );
  }
  return folder;
}

/**
 * Checks that there is room for a build.
 * @throws UserError when there is not
 */
export function requireRoom(what: string, folder: string, gibibytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = (bavail * bsize) / 1024 ** 3;
  if (free >= gibibytes) return;
  throw new UserError(
    `building ${what} takes up to ${gibibytes} GiB of disk and ${folder} has ${free.toFixed(1)}: make room, or set XDG_CACHE_HOME to a larger disk`,
  );
}
