import { up, down, status, logs, env } from './commands';
import { UserError } from '@mlflow-on-aws/command-line';

const usage = `npm run local [-- COMMAND] [ENVIRONMENT]

Runs an environment of this repository on embedded parts: its unmodified stack deployed to an emulated AWS,
a real PostgreSQL, a real MLflow server and the tutorial's client. ENVIRONMENT is dev unless another is named.

  up           bring everything up and run the quickstart (also without a command)
  status       what runs, and where
  logs [PART]  the newest lines of mlflow (default), postgres, replica, emulated-aws or load-balancer
  env          shell lines that point aws, terraform, cdktf and MLflow clients at it: eval "$(npm run -s local -- env)"
  down         stop everything; the next "up" brings the same runs, models and artifacts back
  down --wipe  stop everything and forget it
`;

async function main(args: readonly string[]): Promise<void> {
  const [command = 'up', ...rest] = args;
  const named = rest.filter((argument) => !argument.startsWith('-'));
  switch (command) {
    case 'up':
      return up(named[0]);
    case 'down':
      return down(named[0], rest.includes('--wipe'));
    case 'status':
      return status(named[0]);
    case 'logs':
      return logs(named[0], named[1]);
    case 'env':
      return env(named[0]);
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(usage);
      return;
    default:
      throw new UserError(`got "${command}", want up, status, logs, env or down\n\n${usage}`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  // What a person can mend is said in a sentence; a stack trace is for what we did not foresee.
  const told = error instanceof UserError;
  process.stderr.write(`\n${told ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
});
