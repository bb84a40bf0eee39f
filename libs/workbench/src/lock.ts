import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Report } from './progress';
import { startTime, waitUntil } from './processes';

/**
 * Does `work` while holding a lock file, waiting for whoever holds it; the lock of a process that died is taken over.
 * @param timeoutMs how long to wait for another holder
 */
export async function exclusively<T>(
  lockFile: string,
  report: Report,
  work: () => Promise<T>,
  timeoutMs = 30 * 60_000,
): Promise<T> {
  mkdirSync(dirname(lockFile), { recursive: true });
  let said = false;
  const free = await waitUntil(() => {
    if (take(lockFile)) return true;
    const owner = holder(lockFile);
    if (owner !== undefined && !said) {
      report(`waiting for process ${owner.pid}, which does the same`);
      said = true;
    }
    return false;
  }, timeoutMs);
  if (!free) throw new Error(`${lockFile} is still held by process ${holder(lockFile)?.pid}`);
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function take(lockFile: string): boolean {
  try {
    writeFileSync(lockFile, JSON.stringify({ pid: process.pid, started: startTime(process.pid) }), { flag: 'wx' });
    return true;
  } catch {
    const owner = holder(lockFile);
    // An empty or unreadable file belongs to somebody who is writing it this moment.
    if (owner !== undefined && startTime(owner.pid) !== owner.started) rmSync(lockFile, { force: true });
    return false;
  }
}

function holder(lockFile: string): { pid: number; started: string } | undefined {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8'));
  } catch {
    return undefined;
  }
}
