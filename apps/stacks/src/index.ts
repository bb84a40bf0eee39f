import { UserError, unknownName } from '@mlflow-on-aws/command-line';
import { EnvironmentError, readEnvironments, type Environment, type Environments } from '@mlflow-on-aws/config';
import { checkoutAbove, environmentFiles } from './environment-files';

/** What the environment files say: the environments of those that are right, and the mistakes of the others. */
export function allEnvironments(): Environments {
  return readEnvironments(environmentFiles(process.env.MLFLOW_ON_AWS_CHECKOUT ?? checkoutAbove(process.cwd())));
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

/**
 * The environment of that name, every default filled in.
 * @throws EnvironmentError with the mistakes of its file
 * @throws UserError when there is none
 */
export function environmentNamed(name: string): Environment {
  const { environments: right, wrong } = allEnvironments();
  const file = wrong.find(({ names }) => names.includes(name));
  if (file !== undefined) throw new EnvironmentError(file.problems);
  const found = right.find((environment) => environment.name === name);
  if (found !== undefined) return found;
  throw new UserError(unknownName('ENVIRONMENT', name, environmentNames()) ?? name);
}

export { lockFile } from './provider-lock';
