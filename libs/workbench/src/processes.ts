import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '@mlflow-on-aws/command-line';

/** A process that goes on after this command has ended, known by a file of its own. */
export interface Background {
  /** Name in messages and of its files. */
  readonly name: string;
  /** Folder of its pid and log file. */
  readonly directory: string;
}

/** How a background process is started. */
export interface BackgroundCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** @default - the user of this command */
  readonly uid?: number;
  /** @default - the group of this command */
  readonly gid?: number;
}

/** A server ended because somebody else listens on its port. */
export class AddressInUse extends UserError {}

/** File that a background process writes its output to. */
export const logFile = ({ name, directory }: Background): string => join(directory, `${name}.log`);
const pidFile = ({ name, directory }: Background): string => join(directory, `${name}.pid`);

/** Starts a process that outlives this one, its output appended to its log file. */
export function startBackground(background: Background, start: BackgroundCommand): number {
  mkdirSync(background.directory, { recursive: true });
  endOrphans(background);
  const log = openSync(logFile(background), 'a');
  const child = spawn(start.command, start.args, {
    cwd: start.cwd,
    env: start.env ?? process.env,
    uid: start.uid,
    gid: start.gid,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.on('error', () => undefined); // its absence shows in the wait for readiness
  if (child.pid === undefined) throw new UserError(`${background.name} did not start: cannot run ${start.command}`);
  child.unref();
  writeFileSync(pidFile(background), JSON.stringify({ pid: child.pid, started: startTime(child.pid) }));
  return child.pid;
}

/** The pid of a background process, or undefined when it does not run. */
export function runningPid(background: Background): number | undefined {
  const known = knownPid(background);
  // A pid is used again some day; together with its start time it is not.
  return known && startTime(known.pid) === known.started && known.started !== '' ? known.pid : undefined;
}

function knownPid(background: Background): { pid: number; started: string } | undefined {
  try {
    return JSON.parse(readFileSync(pidFile(background), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Ends what a background process that was killed left behind: its group keeps its number as long as one of them lives. */
function endOrphans(background: Background): void {
  const { pid } = knownPid(background) ?? {};
  if (pid !== undefined && startTime(pid) === '') signalGroup(pid, 'SIGKILL');
}

/** Stops a background process: politely, and after `graceMs` for good. */
export async function stopBackground(
  background: Background,
  { signal = 'SIGTERM' as NodeJS.Signals, graceMs = 20_000 } = {},
): Promise<void> {
  const pid = runningPid(background);
  if (pid !== undefined) {
    signalGroup(pid, signal);
    const gone = await waitUntil(() => runningPid(background) === undefined, graceMs);
    if (!gone) {
      signalGroup(pid, 'SIGKILL');
      await waitUntil(() => runningPid(background) === undefined, 5_000);
    }
  }
  endOrphans(background);
  rmSync(pidFile(background), { force: true });
}

/** The last lines that a background process wrote. */
export function logTail(background: Background, lines = 15): string {
  try {
    return readFileSync(logFile(background), 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '(no output)';
  }
}

/**
 * Waits for a background process to be ready.
 * @throws AddressInUse when it ends because its port is taken
 * @throws UserError with the end of its log when it ends otherwise or the time is up
 */
export async function untilReady(
  background: Background,
  ready: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  let ended = false;
  const done = await waitUntil(async () => {
    if (await ready()) return true;
    ended = runningPid(background) === undefined;
    return ended;
  }, timeoutMs);
  if (done && !ended) return;
  const why = ended ? 'ended before it was ready' : `was not ready after ${timeoutMs / 1000} s`;
  const tail = logTail(background);
  const Problem = ended && addressInUse.test(tail) ? AddressInUse : UserError;
  throw new Problem(`${background.name} ${why}; its last words in ${logFile(background)}:\n${tail}`);
}

/** As libc and Node write it. */
export const addressInUse = /address already in use|EADDRINUSE/i;

/** Asks `condition` again and again until it holds; false when it did not within the time. */
export async function waitUntil(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() > end) return false;
    await pause(100);
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // gone already
  }
}

/** When a process started, as the system writes it; empty when there is no such process or it only waits to be reaped. */
export function startTime(pid: number): string {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    }
    // Field 22; the second field, the name in parentheses, may itself hold spaces. Source: man 5 proc.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? '' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
