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

function main(args: readonly string[]): number {
  const unknown = args.filter((argument) => argument !== '--write');
  if (unknown.length > 0) {
    process.stderr.write(`got ${unknown.join(' ')}\n\n${usage}`);
    return unknown.includes('--help') ? 0 : 1;
  }
  rmSync(resultFile, { force: true });
  const { status } = spawnSync(join(checkout, 'node_modules', '.bin', 'nx'), ['run', 'faults:integration'], {
    cwd: checkout,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: process.env,
  });
  const table = `${whereAndWhen()}:\n\n${faultTable(JSON.parse(readFileSync(resultFile, 'utf8')))}`;
  process.stdout.write(`${table}\n`);
  if (status === 0 && args.includes('--write')) keepTable('faults', table);
  return status ?? 1;
}

process.exitCode = main(process.argv.slice(2));
