import { checkout } from '@mlflow-on-aws/local';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { faultTable, resultFile } from './table';

const usage = `npx nx faults tracking-server [--write]

Runs the fault suite against a real MLflow server, PostgreSQL and an emulated AWS, some six minutes, and prints its table.
--write keeps the table in libs/tracking-server/README.md.
`;

const readme = join(checkout, 'libs', 'tracking-server', 'README.md');
const [begin, end] = ['<!-- faults: made by `npx nx faults tracking-server --write` -->', '<!-- /faults -->'];

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
  const where = `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 1024 ** 3)} GiB`;
  const table = `Measured ${where}:\n\n${faultTable(JSON.parse(readFileSync(resultFile, 'utf8')))}`;
  process.stdout.write(`${table}\n`);
  if (status === 0 && args.includes('--write')) {
    const text = readFileSync(readme, 'utf8');
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from < 0 || to < from) throw new Error(`${readme}: want a place for the table between "${begin}" and "${end}"`);
    writeFileSync(readme, `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`);
  }
  return status ?? 1;
}

process.exitCode = main(process.argv.slice(2));
