import { parseEnvironment, type Environment, type EnvironmentFile } from '@mlflow-on-aws/config';

/** The file that says what `prod` is. It is read when it is asked for, so that what it throws stops nobody else. */
export const prodFile: EnvironmentFile = {
  path: 'apps/prod/environment.ts',
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  read: () => (require('../environment') as { readonly default: unknown }).default,
};

/**
 * The environment `prod`, every default filled in.
 * @throws EnvironmentError
 */
export const prod = (): Environment => parseEnvironment(prodFile.read(), prodFile.path);
