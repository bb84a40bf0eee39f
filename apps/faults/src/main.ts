import { action, runProgram } from '@mlflow-on-aws/command-line';
import { keepTable, whereAndWhen } from '@mlflow-on-aws/laboratory';
import { checkout } from '@mlflow-on-aws/workbench';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { faultTable, resultFile } from './table';

const usage = `npx nx faults tracking-server [--write]

Runs the fault suite against a real MLflow server, PostgreSQL and an emulated AWS, some six minutes, and prints its table.
--write keeps the table in libs/tracking-server/README.md.
`;

function faults(write: boolean): number {
  rmSync(resultFile, { force: true });
  const { status } = spawnSync(join(checkout, 'node_modules', '.bin', 'nx'), ['run', 'faults:integration'], {
    cwd: checkout,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: process.env,
  });
  const table = `${whereAndWhen()}:\n\n${faultTable(JSON.parse(readFileSync(resultFile, 'utf8')))}`;
  process.stdout.write(`${table}\n`);
  if (status === 0 && write) keepTable('faults', table);
  return status ?? 1;
}

void runProgram({
  name: 'npx nx faults tracking-server',
  usage,
  action: action({ options: { write: {} }, run: ({ options }) => faults(options.write) }),
});
