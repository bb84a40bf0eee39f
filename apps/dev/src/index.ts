import { parseEnvironment, type Environment, type EnvironmentFile } from '@mlflow-on-aws/config';

/** The file that says what `dev` is. It is read when it is asked for, so that what it throws stops nobody else. */
export const devFile: EnvironmentFile = {
  path: 'apps/dev/environment.ts',
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  read: () => (require('../environment') as { readonly default: unknown }).default,
};

/**
 * The environment `dev`, every default filled in.
 * @throws EnvironmentError
 */
export const dev = (): Environment => parseEnvironment(devFile.read(), devFile.path);
