import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exclusively } from './lock';
import { cacheDirectory } from './paths';
import type { Report } from './progress';
import { UserError } from '@mlflow-on-aws/command-line';

const run = promisify(execFile);

/** Oldest Python that the locked requirements of server and emulator are made for. */
const oldest = [3, 11] as const;

/**
 * Finds a Python that can make the environments.
 * @throws UserError when there is none
 */
export async function findPython(): Promise<string> {
  const seen: string[] = [];
  for (const name of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python']) {
    try {
      const { stdout } = await run(
        name,
        ['-c', 'import sys, venv, ensurepip; print(*sys.version_info[:2], sys.executable)'],
        { env: process.env },
      );
      const [major = 0, minor = 0, executable = name] = stdout
        .trim()
        .split(' ')
        .map((part, i) => (i < 2 ? Number(part) : part)) as [number, number, string];
      if (major === oldest[0] && minor >= oldest[1]) return executable;
      seen.push(`${name} is ${major}.${minor}`);
    } catch {
      // not installed, or without venv
    }
  }
  throw new UserError(
    `Python ${oldest.join('.')} or later with venv is needed (${seen.join(', ') || 'no python3 found'}): ` +
      'install it, on Debian with "apt-get install python3 python3-venv", on macOS with "brew install python"',
  );
}

/**
 * A Python environment with exactly what a requirements lock names, hashes checked; made once and shared by all checkouts.
 * @returns the environment's folder
 */
export async function pythonEnvironment(requirements: string, report: Report): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const directory = join(cacheDirectory(), 'python', hash);
  if (await complete(directory)) return directory;
  mkdirSync(join(cacheDirectory(), 'python'), { recursive: true });
  return exclusively(`${directory}.lock`, report, async () => {
    if (await complete(directory)) return directory;
    const python = await findPython();
    rmSync(directory, { recursive: true, force: true });
    report('installing Python packages from the lock, once for this machine');
    await run(python, ['-m', 'venv', directory]);
    try {
      await run(
        join(directory, 'bin', 'python'),
        [
          '-m',
          'pip',
          'install',
          '--quiet',
          '--disable-pip-version-check',
          '--require-hashes',
          '--only-binary',
          ':all:',
          '-r',
          requirements,
        ],
        { maxBuffer: 1 << 26 },
      );
    } catch (error) {
      throw new UserError(
        `the Python packages of ${requirements} were not installed: ${(error as { stderr?: string }).stderr?.trim()}`,
      );
    }
    writeFileSync(join(directory, '.complete'), '');
    return directory;
  });
}

/** An environment that was interrupted has no mark; one whose Python was removed does not run. */
async function complete(directory: string): Promise<boolean> {
  if (!existsSync(join(directory, '.complete'))) return false;
  return run(join(directory, 'bin', 'python'), ['-c', '']).then(
    () => true,
    () => false,
  );
}
