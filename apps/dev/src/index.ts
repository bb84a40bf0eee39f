import { parseEnvironment, type Environment } from '@mlflow-on-aws/config';
import input from '../environment';

/**
 * The environment `dev`, every default filled in.
 * @throws EnvironmentError
 */
export const dev = (): Environment => parseEnvironment(input, 'apps/dev/environment.ts');
