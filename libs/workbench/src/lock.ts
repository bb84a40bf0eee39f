import { UserError } from '@mlflow-on-aws/command-line';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { startTime, waitUntil } from './processes';
import type { Report } from './progress';

/** A lock file that does not say whose it is was written by a process that died, once it is this old. */
const patienceMs = 5_000;

/**
 * Does `work` while holding a lock file. Waits for its holder, and takes over the lock of a process that died.
 * @param timeoutMs how long to wait for another holder
 * @throws UserError when the file cannot be written, or somebody held it all the time
 */
export async function exclusively<T>(
  lockFile: string,
  report: Report,
  work: () => Promise<T>,
  timeoutMs = 30 * 60_000,
): Promise<T> {
  let said = false;
  const held = await waitUntil(() => {
    if (claim(lockFile)) return true;
    if (!said) report(`waiting for ${holderOf(lockFile)}, which does the same`);
    said = true;
    return false;
  }, timeoutMs);
  if (!held) throw new UserError(`${lockFile} was held all the time by ${holderOf(lockFile)}`);
  try {
    return await work();
  } finally {
    release(lockFile);
  }
}

/**
 * Makes a file this process's, unless a process that lives has it.
 * @returns whether it is this process's now
 * @throws UserError when it cannot be written
 */
export function claim(lockFile: string): boolean {
  // It gets its name only when it is whole: nobody ever sees an empty one, not even after a full disk.
  const fresh = `${lockFile}.${process.pid}`;
  try {
    mkdirSync(dirname(lockFile), { recursive: true });
    writeFileSync(fresh, JSON.stringify({ pid: process.pid, started: startTime(process.pid) }));
    if (linked(fresh, lockFile)) return true;
    return isAbandoned(lockFile) && removed(lockFile) && linked(fresh, lockFile);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`${lockFile} cannot be written: ${reasons[code ?? ''] ?? (error as Error).message}`);
  } finally {
    if (existsSync(fresh)) rmSync(fresh);
  }
}

/** Gives a file back that `claim` made this process's. */
export function release(lockFile: string): void {
  rmSync(lockFile, { force: true });
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full (ENOSPC); make room and run it again',
  EDQUOT: 'your disk quota is used up (EDQUOT); make room and run it again',
  EACCES: 'you may not write there (EACCES)',
  EROFS: 'the disk is read-only (EROFS)',
};

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes an abandoned lock away, unless somebody else did so and holds it now. */
function removed(lockFile: string): boolean {
  const aside = `${lockFile}.${process.pid}.abandoned`;
  try {
    renameSync(lockFile, aside);
    if (isAbandoned(aside)) return true;
    linked(aside, lockFile);
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true; // given back this moment
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function isAbandoned(lockFile: string): boolean {
  const owner = holder(lockFile);
  if (owner !== undefined) return startTime(owner.pid) !== owner.started;
  try {
    return Date.now() - statSync(lockFile).mtimeMs > patienceMs;
  } catch {
    return true;
  }
}

function holder(lockFile: string): { pid: number; started: string } | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(lockFile, 'utf8'));
    return Number.isInteger(pid) && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

function holderOf(lockFile: string): string {
  const owner = holder(lockFile);
  return owner === undefined ? `whoever made ${lockFile}` : `process ${owner.pid}`;
}
