import type { Environment } from '@mlflow-on-aws/config';
import { resourceName } from '@mlflow-on-aws/foundation';

/** Beginning of the names of an environment's parts. */
export const baseName = ({ name }: Environment): string => resourceName(name, 'mlflow');

/** RDS instance identifier of an environment's database. */
export const databaseIdentifier = ({ name, database }: Environment): string => resourceName(name, database.identifier);

/** Log group of an environment's servers. */
export const serverLogGroup = (environment: Environment): string => `/${baseName(environment)}/server`;
