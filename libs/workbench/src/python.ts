import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
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
      // The path may hold spaces.
      const [, major, minor, executable = name] = /^(\d+) (\d+) (.+)$/m.exec(stdout) ?? [];
      if (Number(major) === oldest[0] && Number(minor) >= oldest[1]) return executable;
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
