import { Laboratory, type Server } from '@mlflow-on-aws/laboratory';
import { waitUntil } from '@mlflow-on-aws/workbench';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

jest.setTimeout(5 * 60_000);

let laboratory: Laboratory;
let server: Server;
let admin: { username: string; password: string };
let made: { kept: string; recent: string; old: string; used: string; experiment: string; trace: string };

/** Runs with an artifact each, deleted and not, one of them of a registered model; a deleted experiment with a run; a trace. */
const makeThem = `
import json, mlflow
from mlflow import MlflowClient
client = MlflowClient()
def run(experiment):
    run_id = client.create_run(experiment).info.run_id
    client.log_metric(run_id, 'accuracy', 0.9)
    client.log_text(run_id, 'something', 'notes/artifact.txt')
    return run_id
kept, recent, old, used = run('0'), run('0'), run('0'), run('0')
client.create_registered_model('in use')
client.create_model_version('in use', f'mlflow-artifacts:/0/{used}/artifacts/notes', used)
experiment = client.create_experiment('abandoned')
run(experiment)
with mlflow.start_span('question') as span:
    span.set_inputs({'text': 'what was asked'})
mlflow.flush_trace_async_logging()
client.delete_run(recent)
client.delete_run(old)
client.delete_run(used)
client.delete_experiment(experiment)
print(json.dumps({'kept': kept, 'recent': recent, 'old': old, 'used': used, 'experiment': experiment, 'trace': span.trace_id}))
`;

/** Runs a Python client of the server, as the administrator. */
async function client(script: string): Promise<string> {
  const environment = {
    ...laboratory.surroundings,
    MLFLOW_TRACKING_URI: server.uri,
    MLFLOW_TRACKING_USERNAME: admin.username,
    MLFLOW_TRACKING_PASSWORD: admin.password,
    NO_PROXY: '127.0.0.1',
  };
  const { stdout } = await promisify(execFile)(`${laboratory.python.server}/bin/python`, ['-c', script], {
    env: environment,
  });
  return stdout.trim().split('\n').at(-1) ?? '';
}

beforeAll(async () => {
  laboratory = await Laboratory.open();
  await laboratory.publishSecret();
  await laboratory.makeEmptySecret('administrator');
  server = await laboratory.server({
    adminSecret: 'administrator',
    housekeeping: { at: '02:30', purgeDeletedAfterDays: 30, archiveTracesAfterDays: 30 },
  });
  await server.ready();
  admin = JSON.parse(await laboratory.readSecret('administrator'));
  made = JSON.parse(await client(makeThem));
  const longAgo = Date.now() - 31 * 24 * 3600_000;
  await laboratory.sql(`UPDATE runs SET deleted_time = ${longAgo} WHERE deleted_time IS NOT NULL`);
  await laboratory.sql(`UPDATE runs SET deleted_time = ${Date.now()} WHERE run_uuid = '${made.recent}'`);
  await laboratory.sql(`UPDATE experiments SET last_update_time = ${longAgo} WHERE lifecycle_stage = 'deleted'`);
  await laboratory.sql(`UPDATE trace_info SET timestamp_ms = ${longAgo}`);
});
afterAll(() => laboratory?.close());

const runs = async () => (await laboratory.sql('SELECT run_uuid FROM runs')).split('\n');
const spansInTheDatabase = () => laboratory.sql(`SELECT count(*) FROM spans WHERE content <> ''`);
const artifacts = async () => [...(await laboratory.keys())].filter((key) => key.endsWith('artifact.txt'));

test('a dry run says what would go, and leaves everything', async () => {
  const [runsBefore, keysBefore] = [await runs(), await laboratory.keys()];
  const said = await server.runs('housekeeping', '--dry-run');
  for (const id of [made.old, made.trace]) expect(said).toContain(id);
  expect(said).toContain(`"experiment": "${made.experiment}", "name": "abandoned"`);
  for (const id of [made.kept, made.recent, made.used]) expect(said).not.toContain(id);
  expect(await runs()).toEqual(runsBefore);
  expect(await laboratory.keys()).toEqual(keysBefore);
  expect(await spansInTheDatabase()).toBe('1');
  const other = await server.runs('housekeeping', '--dry-run', '--purge-deleted-after-days', '32');
  expect(other).toContain('deleted more than 32 days ago, and of no registered model: 0');
});

test('it waits for nobody: while another server keeps house, it does nothing', async () => {
  const lock = 0x6d6c666c6f78;
  const other = laboratory.sql(`SELECT pg_advisory_lock(${lock}), pg_sleep(30)`).catch(() => undefined);
  const holder = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted`;
  let pid = '';
  await waitUntil(async () => (pid = await laboratory.sql(holder)) !== '', 30_000);
  expect(await server.runs('housekeeping')).toContain('another server keeps house now');
  await laboratory.sql(`SELECT pg_terminate_backend(${pid})`);
  await other;
  expect(await runs()).toContain(made.old);
});

test('what was deleted long ago goes with its artifacts, and nothing else', async () => {
  const said = await server.runs('housekeeping');
  const left = [made.kept, made.recent, made.used].sort();
  expect((await runs()).sort()).toEqual(left);
  expect(await laboratory.sql(`SELECT count(*) FROM experiments WHERE lifecycle_stage = 'deleted'`)).toBe('0');
  expect((await artifacts()).map((key) => key.split('/')[2]).sort()).toEqual(left);
  // It says first what it is about to do, and needs nobody's password for it.
  expect(said.indexOf('to be removed for good')).toBeLessThan(said.indexOf('has been permanently deleted'));
  const secrets = [admin.password, JSON.parse(await laboratory.readSecret('mlflow-backend-store')).password];
  for (const secret of secrets) expect(said).not.toContain(secret);
  for (const line of said.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
});

test('an old trace is out of the database, outside of the artifacts, and still read by its clients', async () => {
  expect(await spansInTheDatabase()).toBe('0');
  expect([...(await laboratory.keys())].filter((key) => key.startsWith('archived-traces/'))).toHaveLength(1);
  const read = `import mlflow; print(mlflow.get_trace('${made.trace}').data.spans[0].inputs)`;
  expect(await client(read)).toContain('what was asked');
});

test('days that are not configured are for looking only', async () => {
  await expect(server.runs('housekeeping', '--purge-deleted-after-days', '1')).rejects.toThrow('is configured');
});

test('the server has served all the while', async () => {
  expect(await server.status('/ready')).toBe(200);
  // A lock that is held is no migration to it.
  expect(server.log).not.toContain('another MLflow');
});

test('there is nothing left to do', async () => {
  expect(await server.runs('housekeeping')).toMatch(/of no registered model: 0[\s\S]*moved to the bucket: 0/);
});
