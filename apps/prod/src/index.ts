import { parseEnvironment, type Environment } from '@mlflow-on-aws/config';
import input from '../environment';

/**
 * The environment `prod`, every default filled in.
 * @throws EnvironmentError
 */
export const prod = (): Environment => parseEnvironment(input, 'apps/prod/environment.ts');
