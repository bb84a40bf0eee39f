import { EnvironmentError, readEnvironments, type Environment, type Environments } from '@mlflow-on-aws/config';
import { devFile } from '@mlflow-on-aws/dev';
import { prodFile } from '@mlflow-on-aws/prod';

/** The environment files of this repository. */
const files = [devFile, prodFile];

/** What the environment files say: the environments of those that are right, and the mistakes of the others. */
export function allEnvironments(): Environments {
  return readEnvironments(files);
}

/** The names of all environments; of one whose file is wrong that of its folder. */
export function environmentNames(): readonly string[] {
  const { environments: right, wrong } = allEnvironments();
  return [...right.map(({ name }) => name), ...wrong.flatMap(({ names }) => names.slice(0, 1))];
}

/**
 * Every environment of this repository.
 * @throws EnvironmentError with the mistakes of all files
 */
export function environments(): readonly Environment[] {
  const { environments: right, wrong } = allEnvironments();
  if (wrong.length > 0) throw new EnvironmentError(wrong.flatMap(({ problems }) => problems));
  return right;
}

export { lockFile } from './provider-lock';
