import { action, runProgram } from '@mlflow-on-aws/command-line';
import { keepTable, Laboratory, residentMebibytes, whereAndWhen } from '@mlflow-on-aws/laboratory';
import { sizeServer } from '@mlflow-on-aws/config';
import { bootOnce, bootTable } from './boot';
import { exercises, type Measured } from './exercises';
import { Peer } from './peer';
import { benchTable, type Row } from './table';

const usage = `npx nx bench tracking-server [--boot] [--write]

Measures this project's server, as dev's t3.micro runs it, beside MLflow started by the tutorial's command: same machine,
database and clients, one after the other for every line of the table. Some fifteen minutes.
--boot measures another thing, some five minutes: from nothing to a server that answers, by each way.
--write keeps the table in libs/tracking-server/README.md.
BENCH_SECONDS=2 measures each line for so many seconds instead of 10, and for 4.5 times as long with 64 clients.
`;

const clientCounts = [1, 16, 64];

async function bench(write: boolean): Promise<number> {
  const laboratory = await Laboratory.open();
  let peer: Peer | undefined;
  try {
    await laboratory.publishSecret();
    const server = await laboratory.server({
      sizing: sizeServer({ instanceType: 't3.micro', databaseClass: 'db.t4g.micro' }),
      environment: { MALLOC_ARENA_MAX: '2' }, // as the systemd unit
    });
    await server.ready();
    peer = await Peer.start(laboratory);
    const [ours, theirs] = [server, peer];
    const databases = { [ours.uri]: 'mlflow_db', [theirs.uri]: 'tutorial' };
    const runs: Record<string, string> = {};
    for (const [uri, database] of Object.entries(databases)) {
      runs[uri] = await makeRuns(laboratory, uri, database);
    }
    const atRest = [theirs, ours].map(({ pid }) => residentMebibytes(pid));
    const rows: Row[] = [];
    for (const { title, run } of exercises((uri) => runs[uri] as string)) {
      for (const clients of clientCounts) {
        const [peers, own] = [await run(theirs.uri, clients), await run(ours.uri, clients)];
        rows.push({ title, clients, peers, own });
        process.stderr.write(`${title}, ${clients} clients: ${short(peers)} beside ${short(own)}\n`);
      }
    }
    const after = [theirs, ours].map(({ pid }) => residentMebibytes(pid));
    const table = `${whereAndWhen()}:\n\n${benchTable(rows, atRest, after)}`;
    process.stdout.write(`${table}\n`);
    if (write) keepTable('bench', table);
    return 0;
  } finally {
    peer?.stop();
    await laboratory.close();
  }
}

async function boot(write: boolean): Promise<number> {
  const laboratory = await Laboratory.open();
  try {
    await laboratory.publishSecret();
    const rounds = [];
    for (let round = 0; round < 3; round += 1) {
      rounds.push(await bootOnce(laboratory, round));
      process.stderr.write(`${JSON.stringify(rounds.at(-1))}\n`);
    }
    const table = `${whereAndWhen()}:\n\n${bootTable(rounds)}`;
    process.stdout.write(`${table}\n`);
    if (write) keepTable('boot', table);
    return 0;
  } finally {
    await laboratory.close();
  }
}

function short({ perSecond, p50, p99, failed }: Measured): string {
  return `${perSecond.toFixed(1)}/s, p50 ${p50} ms, p99 ${p99} ms, ${failed} failed`;
}

interface Answer {
  readonly run?: { readonly info: { readonly run_id: string } };
}

/** An experiment of 10,000 finished runs, written into the tables, and one run to log to, whose id is returned. */
async function makeRuns(laboratory: Laboratory, uri: string, database: string): Promise<string> {
  const post = async (path: string, body: object): Promise<Answer> => {
    const answer = await fetch(`${uri}/api/2.0/mlflow/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return (await answer.json()) as Answer;
  };
  await post('experiments/create', { name: 'ten thousand runs' });
  const id = `md5('bench' || i)`;
  const from = 'FROM generate_series(1, 10000) AS i';
  for (const statement of [
    `INSERT INTO runs (run_uuid, name, source_type, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri, experiment_id)
     SELECT ${id}, 'run-' || i, 'LOCAL', 'bench', 'FINISHED', i, i + 1000, 'active', 'mlflow-artifacts:/1', 1 ${from}`,
    `INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)
     SELECT metric, (i * 7919 % 1000) / 1000.0, i, 0, false, ${id} ${from}, unnest(ARRAY['accuracy', 'loss', 'f1']) AS metric`,
    `INSERT INTO params (key, value, run_uuid)
     SELECT param, CASE WHEN param = 'solver' THEN (ARRAY['lbfgs', 'saga'])[1 + i % 2] ELSE i::text END, ${id} ${from},
       unnest(ARRAY['solver', 'C', 'seed']) AS param`,
    `INSERT INTO tags (key, value, run_uuid) SELECT 'mlflow.user', 'bench', ${id} ${from}`,
    'ANALYZE',
  ]) {
    await laboratory.sql(statement, database);
  }
  const { run } = await post('runs/create', { experiment_id: '0', start_time: Date.now() });
  return run?.info.run_id ?? '';
}

void runProgram({
  name: 'npx nx bench tracking-server',
  usage,
  action: action({
    options: { boot: {}, write: {} },
    run: ({ options }) => (options.boot ? boot(options.write) : bench(options.write)),
  }),
});
