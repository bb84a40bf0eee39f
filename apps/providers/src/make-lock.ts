import { UserError } from '@mlflow-on-aws/command-line';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockProblems, platforms, type Required } from './lock-file';

/**
 * Locks the newest providers that a stack allows, for every platform.
 * @param terraform path of the program
 * @returns the text of the lock
 * @throws UserError when the lock cannot be made, or is none of the registry's
 */
export function makeLock(terraform: string, required: Required): string {
  const folder = mkdtempSync(join(tmpdir(), 'mlflow-on-aws-lock-'));
  try {
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: required } }));
    // A mirror of this machine may hold a provider that was built here, and has no place in a lock for everybody.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TF_')));
    const args = ['providers', 'lock', '-no-color', ...platforms.map((platform) => `-platform=${platform}`)];
    const { status, stderr, error } = spawnSync(terraform, args, {
      cwd: folder,
      env: { ...env, TF_CLI_CONFIG_FILE: '/dev/null', CHECKPOINT_DISABLE: '1' },
      encoding: 'utf8',
    });
    if (status !== 0) throw new UserError(`terraform ${args.join(' ')} failed:\n${error?.message ?? stderr.trim()}`);
    const file = join(folder, '.terraform.lock.hcl');
    const lock = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const problems = lockProblems(lock, required);
    if (problems.length > 0) throw new UserError(`the lock is not one to commit: ${problems.join('; ')}`);
    return lock;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
