import type { Environment } from '@mlflow-on-aws/config';
import { dev } from '@mlflow-on-aws/dev';

/**
 * Every environment of this repository.
 * @throws EnvironmentError for the first one with mistakes in its file
 */
export function environments(): readonly Environment[] {
  return [dev()];
}

export { lockFile } from './provider-lock';
