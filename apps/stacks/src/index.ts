import { environment as dev } from '@mlflow-on-aws/dev';

/** Every environment of this repository. */
export const environments = [dev] as const;
