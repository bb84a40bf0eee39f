import { action, runProgram } from '@mlflow-on-aws/command-line';
import { pythonEnvironment } from '@mlflow-on-aws/workbench';
import { spawnSync } from 'node:child_process';
import { openSync, readdirSync, readSync, closeSync } from 'node:fs';
import { join } from 'node:path';

const configuration = 'apps/python-lint/pyproject.toml';

const usage = `node apps/run.mjs python-lint FOLDER...

Runs ruff and mypy on all Python below each folder.
`;

async function lint(folders: readonly string[]): Promise<number> {
  let code = 0;
  const environment = await pythonEnvironment('apps/python-lint/requirements.txt', (message) =>
    process.stderr.write(`${message}\n`),
  );
  const run = (program: string, ...args: string[]): void => {
    const { status } = spawnSync(join(environment, 'bin', program), args, { stdio: 'inherit' });
    if (status !== 0) code = 1;
  };
  run('ruff', 'check', '--quiet', '--no-cache', '--config', configuration, ...folders);
  for (const folder of folders) {
    // A folder at a time: several have a conftest.py.
    run('mypy', '--no-error-summary', '--scripts-are-modules', '--config-file', configuration, ...pythonFiles(folder));
  }
  return code;
}

/** Modules, and programs that say in their first line that they are Python. */
function pythonFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/node_modules|dist/.test(entry.parentPath))
    .map((entry) => ({ name: entry.name, path: join(entry.parentPath, entry.name) }))
    .filter(({ name, path }) => name.endsWith('.py') || (!name.includes('.') && firstBytes(path).includes('python')))
    .map(({ path }) => path)
    .sort();
}

function firstBytes(path: string): string {
  const buffer = Buffer.alloc(40);
  const file = openSync(path, 'r');
  try {
    const text = buffer.toString('utf8', 0, readSync(file, buffer));
    return text.startsWith('#!') ? text : '';
  } finally {
    closeSync(file);
  }
}

void runProgram({
  name: 'node apps/run.mjs python-lint',
  usage,
  action: action({ positionals: ['FOLDER...'], run: ({ positionals }) => lint(positionals) }),
});
