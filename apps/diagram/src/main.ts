import { diagram, UsageError } from './diagram';

diagram(process.argv.slice(2)).then(
  (said) => console.log(said),
  (error: Error) => {
    console.error(error instanceof UsageError ? error.message : error.stack);
    process.exitCode = 1;
  },
);
