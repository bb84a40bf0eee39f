import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

// From wherever the bundled app lies, by the package's own name.
// eslint-disable-next-line @nx/enforce-module-boundaries
const ownPackage = require.resolve('@mlflow-on-aws/workbench/package.json');

/** Root of this checkout. */
export const checkout = realpathSync(dirname(dirname(dirname(ownPackage))));

/** A file of this lib that is not TypeScript. */
export const asset = (...parts: string[]): string => join(checkout, 'libs', 'workbench', ...parts);

/** What is built once and shared by every checkout: Python environments, the AWS provider. */
export function cacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mlflow-on-aws');
}

/**
 * What one checkout's local environment keeps: database, emulated account, logs.
 *
 * For root it lies outside the home folder: PostgreSQL refuses to run as root, and the user it runs as cannot enter there.
 */
export function dataDirectory(environment: string): string {
  const base =
    process.env.MLFLOW_ON_AWS_DATA ||
    (process.getuid?.() === 0
      ? '/var/lib/mlflow-on-aws'
      : join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'mlflow-on-aws'));
  return join(base, createHash('sha256').update(checkout).digest('hex').slice(0, 12), environment);
}
