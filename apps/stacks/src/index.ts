import type { Environment } from '@mlflow-on-aws/config';
import { dev } from '@mlflow-on-aws/dev';
import { prod } from '@mlflow-on-aws/prod';

/**
 * Every environment of this repository.
 * @throws EnvironmentError for the first one with mistakes in its file
 */
export function environments(): readonly Environment[] {
  return [dev(), prod()];
}

export { lockFile } from './provider-lock';
