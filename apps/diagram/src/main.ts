import { UserError } from '@mlflow-on-aws/command-line';
import { diagram } from './diagram';

diagram(process.argv.slice(2)).then(
  (said) => console.log(said),
  (error: Error) => {
    console.error(error instanceof UserError ? error.message : error.stack);
    process.exitCode = 1;
  },
);
