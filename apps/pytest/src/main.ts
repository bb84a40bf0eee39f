import { action, runProgram } from '@mlflow-on-aws/command-line';
import { pythonEnvironment } from '@mlflow-on-aws/workbench';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const usage = `node apps/run.mjs pytest REQUIREMENTS [TESTS...] [--junitxml FILE] [-- PYTEST_ARGUMENT...]

Runs Python tests in the environment that a lock describes.

  REQUIREMENTS  the lock: a requirements.txt with hashes
  TESTS         files or folders of tests
  --junitxml    where pytest writes its results
`;

async function pytest(requirements: string, args: readonly string[]): Promise<number> {
  const environment = await pythonEnvironment(requirements, (message) => process.stderr.write(`${message}\n`));
  const { status } = spawnSync(
    join(environment, 'bin', 'python'),
    ['-m', 'pytest', '-p', 'no:cacheprovider', '-q', ...args],
    {
      stdio: 'inherit',
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    },
  );
  return status ?? 1;
}

void runProgram({
  name: 'node apps/run.mjs pytest',
  usage,
  action: action({
    positionals: ['REQUIREMENTS', '[TESTS...]'],
    options: { junitxml: { value: 'FILE' } },
    run: ({ positionals: [requirements, ...tests], options: { junitxml } }) =>
      pytest(requirements, junitxml === undefined ? tests : ['--junitxml', junitxml, ...tests]),
  }),
});
