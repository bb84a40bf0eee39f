import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { exclusively } from './lock';
import { asset, cacheDirectory } from './paths';
import { likePip } from './pip-settings';
import type { Report } from './progress';
import { findPython } from './python';
import { run } from './toolchain/run';

/** Nothing that the lock does not name by hash, and nothing that runs code of its own to be installed. */
const onlyLocked = ['--quiet', '--require-hashes', '--only-binary', ':all:'] as const;

/**
 * A Python environment with exactly what a requirements lock names, hashes checked; made once and shared by all checkouts.
 * @returns the environment's folder
 * @throws UserError when Python is missing, or when the packages cannot be installed
 */
export function pythonEnvironment(requirements: string, report: Report): Promise<string> {
  const lock = resolve(requirements);
  return makeEnvironment(lock, report, async (directory, python) => {
    const uv = await ensureUv(report);
    const options = { cwd: directory, env: await likePip(uv) };
    await run(report, 'making the Python environment', uv, ['venv', '--quiet', '--python', python, '.'], options);
    await run(
      report,
      `installing the Python packages of ${lock}`,
      uv,
      // Compiled at once: the servers that run in it write nothing.
      ['pip', 'install', '--python', 'bin/python', '--compile-bytecode', ...onlyLocked, '--requirement', lock],
      options,
    );
  });
}

/**
 * uv, which installs Python packages in a fraction of pip's time; pip installs it from its own lock, once for this machine.
 * @returns path of the program
 * @throws UserError when Python is missing, or when uv cannot be installed
 */
export async function ensureUv(report: Report): Promise<string> {
  const lock = asset('uv', 'requirements.txt');
  const environment = await makeEnvironment(lock, report, async (directory, python) => {
    const options = { cwd: directory, env: process.env };
    await run(report, 'making the Python environment of uv', python, ['-m', 'venv', '.'], options);
    const install = ['-m', 'pip', 'install', '--disable-pip-version-check', ...onlyLocked, '--requirement', lock];
    await run(report, 'installing uv', join(directory, 'bin', 'python'), install, options);
  });
  return join(environment, 'bin', 'uv');
}

async function makeEnvironment(
  lock: string,
  report: Report,
  make: (directory: string, python: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(lock)).digest('hex').slice(0, 16);
  const directory = join(cacheDirectory(), 'python', hash);
  if (await complete(directory)) return directory;
  return exclusively(`${directory}.lock`, report, async () => {
    if (await complete(directory)) return directory;
    const python = await findPython();
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    await make(directory, python);
    writeFileSync(join(directory, '.complete'), '');
    return directory;
  });
}

/** An environment that was interrupted has no mark; one whose Python was removed does not run. */
async function complete(directory: string): Promise<boolean> {
  if (!existsSync(join(directory, '.complete'))) return false;
  return promisify(execFile)(join(directory, 'bin', 'python'), ['-c', '']).then(
    () => true,
    () => false,
  );
}
