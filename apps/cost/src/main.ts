import { UserError } from '@mlflow-on-aws/command-line';
import { cost } from './index';

try {
  console.log(cost(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof UserError ? error.message : (error as Error).stack);
  process.exitCode = 1;
}
