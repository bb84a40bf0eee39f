import { action, runProgram } from '@mlflow-on-aws/command-line';
import { environmentNames } from '@mlflow-on-aws/stacks';
import { down, env, logs, parts, status, up } from './commands';

const usage = `npm run local [-- COMMAND [ENVIRONMENT]]

Runs an environment of this repository on embedded parts: its unmodified stack deployed to an emulated AWS,
a real PostgreSQL, a real MLflow server and the tutorial's client. ENVIRONMENT is dev unless another is named.

  up           bring everything up and run the quickstart (also without a command)
  status       what runs, and where
  logs [PART]  the newest lines of mlflow (default), postgres, replica, emulated-aws or load-balancer
  env          shell lines that point aws, terraform, cdktf and MLflow clients at it: eval "$(npm run -s local -- env)"
  down         stop everything; the next "up" brings the same runs, models and artifacts back
  down --wipe  stop everything and forget it
`;

const choices = { ENVIRONMENT: environmentNames, PART: () => parts };
const positionals = ['[ENVIRONMENT]'] as const;

void runProgram({
  name: 'npm run local',
  usage,
  otherwise: 'up',
  commands: {
    up: action({ positionals, choices, run: (given) => up(...given.positionals) }),
    down: action({
      positionals,
      choices,
      options: { wipe: {} },
      run: (given) => down(given.positionals[0], given.options.wipe),
    }),
    status: action({ positionals, choices, run: (given) => status(...given.positionals) }),
    logs: action({
      positionals: ['[PART]', '[ENVIRONMENT]'],
      choices,
      run: (given) => logs(...given.positionals),
    }),
    env: action({ positionals, choices, run: (given) => env(...given.positionals) }),
  },
});
