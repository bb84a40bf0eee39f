import { pythonEnvironment } from '@mlflow-on-aws/workbench';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** `node apps/run.mjs pytest REQUIREMENTS [pytest's arguments]`: runs Python tests in the environment that a lock describes. */
async function main([requirements = '', ...args]: readonly string[]): Promise<void> {
  const environment = await pythonEnvironment(requirements, (message) => process.stderr.write(`${message}\n`));
  const { status } = spawnSync(
    join(environment, 'bin', 'python'),
    ['-m', 'pytest', '-p', 'no:cacheprovider', '-q', ...args],
    {
      stdio: 'inherit',
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    },
  );
  process.exitCode = status ?? 1;
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
