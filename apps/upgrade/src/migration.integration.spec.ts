import { Laboratory, Wire, type Server } from '@mlflow-on-aws/laboratory';
import { pythonEnvironment, waitUntil } from '@mlflow-on-aws/workbench';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

// A fleet that moves from the release before to the locked one, with data, and back.
jest.setTimeout(10 * 60_000);

const run = promisify(execFile);
const client = join(__dirname, '..', 'client', 'records.py');

let laboratory: Laboratory;
/** Python environments: the release before, and the locked one. */
let python: { before: string; now: string };
let old: Server;
let current: Server;
let backup: string;
/** What the release before said was there. */
let told: Record<string, unknown>;
let schema: string;

beforeAll(async () => {
  const report = (message: string) => void process.stderr.write(`${message}\n`);
  const before = await pythonEnvironment(join(__dirname, '..', 'before', 'requirements.txt'), report);
  laboratory = await Laboratory.open();
  python = { before, now: laboratory.python.server };
  await laboratory.publishSecret();
  old = await laboratory.server({ python: before, supervised: false });
  await old.ready();
  await records(before, old, 'make');
  told = await read(before, old);
  schema = await laboratory.sql('SELECT version_num FROM alembic_version');
});
afterAll(() => laboratory?.close());

async function records(environment: string, server: Server, what: 'make' | 'read'): Promise<string> {
  const env = { ...laboratory.surroundings, MLFLOW_TRACKING_URI: server.uri, MLFLOW_DISABLE_TELEMETRY: 'true' };
  const { stdout } = await run(join(environment, 'bin', 'python'), [client, what], { env, maxBuffer: 1 << 26 });
  return stdout;
}

/** A client that logs until it is told to end, and then says how much it did and how much of it is there. */
function work(environment: string, uri: string): { begun: Promise<void>; end(): Promise<Record<string, number>> } {
  const env = { ...laboratory.surroundings, MLFLOW_TRACKING_URI: uri, MLFLOW_DISABLE_TELEMETRY: 'true' };
  const working = run(join(environment, 'bin', 'python'), [client, 'work'], { env });
  const { stdin, stdout } = working.child;
  return {
    begun: new Promise((resolve, reject) => {
      stdout?.on('data', (text) => /^working$/m.test(String(text)) && resolve());
      working.catch(reject);
    }),
    end: async () => {
      stdin?.end();
      return JSON.parse((await working).stdout.trim().split('\n').at(-1) ?? '');
    },
  };
}

async function read(environment: string, server: Server): Promise<Record<string, unknown>> {
  const lines = (await records(environment, server, 'read')).trim().split('\n');
  return JSON.parse(lines.at(-1) ?? '');
}

test('the release before keeps something of each kind', () => {
  expect(Object.keys(told.runs as object).sort()).toEqual(['child', 'deleted', 'failed', 'open', 'parent']);
  expect(Object.keys(told.experiments as object).sort()).toEqual(['abandoned', 'sales']);
  expect(told).toMatchObject({ predictions: [2, 5], traces: [expect.anything()], prompt: 'Sum up {{ text }}' });
});

test('a server of the release before steps aside, and a client in the middle of its work loses nothing', async () => {
  backup = await laboratory.backUp();
  const wire = await Wire.to(old.port);
  try {
    const worker = work(python.before, `http://127.0.0.1:${wire.port}`);
    await worker.begun;
    current = await laboratory.server();
    const began = Date.now();
    // The load balancer: no request goes to a server that is not healthy.
    const unhealthy = async () => (await old.status('/health')) === 503;
    const [gone] = await Promise.all([waitUntil(unhealthy, 60_000), current.ready()]);
    expect(gone).toBe(true);
    wire.cut();
    wire.mend(current.port);
    const seconds = (Date.now() - began) / 1000;
    const { done, ...there } = await worker.end();
    process.stderr.write(`${done} steps of a client, the new server ready after ${seconds.toFixed(1)} s\n`);
    expect(there).toEqual({ metrics: done, artifacts: done, traces: done, named: done, spans: done });
  } finally {
    await wire.close();
  }
  expect(current.log).toMatch(
    new RegExp(`migrating the schema from ${schema} to \\w+; to go back, restore the database as it was at \\d{4}-.*Z`),
  );
  expect(old.log).toMatch(/another MLflow is about to migrate the database[^]*another MLflow migrated it/);
  const answer = await fetch(`${old.uri}/api/2.0/mlflow/experiments/get?experiment_id=0`);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '15']);
});

test('everything is there as it was, for clients of either release', async () => {
  // A later release may say more of a thing, never less or other.
  for (const reading of await Promise.all([read(python.now, current), read(python.before, current)]))
    expect(reading).toMatchObject(told);
});

test('a run that was open goes on', async () => {
  const [id] = (await laboratory.sql(`SELECT run_uuid FROM runs WHERE name = 'open'`)).split('\n');
  for (const [path, body] of [
    ['log-metric', { run_id: id, key: 'after', value: 2, timestamp: Date.now() }],
    ['update', { run_id: id, status: 'FINISHED', end_time: Date.now() }],
  ] as const) {
    const answer = await fetch(`${current.uri}/api/2.0/mlflow/runs/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
  }
  const open = (await (await fetch(`${current.uri}/api/2.0/mlflow/runs/get?run_id=${id}`)).json()) as {
    run: { info: { status: string }; data: { metrics: { key: string; value: number }[] } };
  };
  expect(open.run.info.status).toBe('FINISHED');
  expect(open.run.data.metrics.map(({ key, value }) => [key, value]).sort()).toEqual([
    ['after', 2],
    ['before', 1],
  ]);
});

test('back: the release before refuses the migrated database, and serves from the backup', async () => {
  await old.stop();
  const refused = await laboratory.server({ python: python.before, supervised: false });
  await laboratory.restore(backup, 'restored');
  const restored = await laboratory.server({ python: python.before, database: 'restored' });
  await restored.ready();
  expect(await read(python.before, restored)).toEqual(told);
  await waitUntil(() => refused.exitCode !== undefined, 60_000);
  expect(refused.exitCode).toBe(1);
  expect(refused.log.trim().split('\n').at(-1)).toMatch(/^the database has schema \w+, which MLflow .* does not know/);
});
