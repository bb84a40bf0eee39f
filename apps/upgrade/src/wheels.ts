import { UserError } from '@mlflow-on-aws/command-line';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Machines that servers are: Amazon Linux 2023, whose C library is 2.34, on both architectures.
 * Source: Amazon Linux 2023 user guide, "Comparing AL2023 and Amazon Linux 2", glibc.
 */
export const serverPlatforms = ['x86_64-manylinux_2_34', 'aarch64-manylinux_2_34'] as const;

/**
 * Finds a wheel with a locked hash for every package of a lock, as `boot` will; nothing is installed.
 * @param uv path of uv
 * @throws UserError when a package has none for a platform
 */
export function assertWheels(uv: string, lock: string, platforms: readonly string[] = serverPlatforms): void {
  for (const platform of platforms) {
    const args = ['pip', 'install', '--dry-run', '--quiet', '--require-hashes', '--only-binary', ':all:'];
    const target = ['--target', join(tmpdir(), 'nothing'), '--python-version', '3.11', '--python-platform', platform];
    const { status, stderr, error } = spawnSync(uv, [...args, ...target, '--requirement', lock], {
      cwd: dirname(lock),
      encoding: 'utf8',
    });
    if (status === 0) continue;
    throw new UserError(
      `a server on ${platform} cannot install it, nothing is changed:\n${error?.message ?? stderr.trim()}`,
    );
  }
}
