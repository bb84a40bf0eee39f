import { Laboratory, Load, type Server, serverFiles } from '@mlflow-on-aws/laboratory';
import { logFile, waitUntil } from '@mlflow-on-aws/workbench';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

// One laboratory through its life, each test a station of it: they build on each other and run in order.
jest.setTimeout(5 * 60_000);

let laboratory: Laboratory;
let server: Server;
const passwords: string[] = [];
const written: string[] = [];

// No connection is older than a second, so that password and replica are asked for all the time.
const impatient = { MLFLOW_SQLALCHEMYSTORE_POOL_RECYCLE: '1' };
const wish = { replica: true, passwordRotationDays: 30, environment: impatient };

beforeAll(async () => {
  laboratory = await Laboratory.open();
  await laboratory.publishSecret();
  passwords.push(JSON.parse(await laboratory.readSecret()).password);
  // As the stack's parameter group has it for statements that change the schema or a role.
  await laboratory.sql(`ALTER SYSTEM SET log_statement = 'all'`);
  await laboratory.startReplica();
  server = await laboratory.server(wish);
  await server.ready();
  await server.says('reading from the replica');
});
afterAll(() => laboratory?.close());

const databaseLog = (name: 'postgres' | 'replica') =>
  readFileSync(logFile({ name, directory: join(laboratory.directory, name) }), 'utf8');
const onReplica = (statement: string) =>
  laboratory.replica!.postgres.sql(laboratory.replica!.port, 'mlflow_db', statement);

async function ask(path: string, body?: object): Promise<{ status: number; answer: unknown }> {
  const answer = await fetch(`${server.uri}/api/2.0/mlflow/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  return { status: answer.status, answer: await answer.json() };
}
const makeRun = async (): Promise<string> => {
  const { answer } = await ask('runs/create', { experiment_id: '0', start_time: Date.now() });
  return (answer as { run: { info: { run_id: string } } }).run.info.run_id;
};
const search = async (): Promise<string[]> => {
  const { status, answer } = await ask('runs/search', { experiment_ids: ['0'], max_results: 50_000 });
  expect(status).toBe(200);
  return ((answer as { runs?: { info: { run_id: string } }[] }).runs ?? []).map(({ info }) => info.run_id);
};

/** Lets clients write and read while something happens, and returns the requests that failed. */
async function whileBusy(happening: () => Promise<void>): Promise<{ sent: number; failed: string[] }> {
  const load = new Load(server.uri);
  const failed: string[] = [];
  let reads = 0;
  let stopping = false;
  const reader = async () => {
    while (!stopping) {
      const run = [...load.runs].at(-1);
      for (const [path, body] of [
        [`runs/get?run_id=${run}`, undefined],
        ['runs/search', { experiment_ids: ['0'], max_results: 5 }],
      ] as const) {
        if (run === undefined && body === undefined) continue;
        const { status, answer } = await ask(path, body);
        reads++;
        if (status !== 200) failed.push(`${path}: ${status} ${JSON.stringify(answer)}`);
      }
    }
  };
  load.start({ writers: 4 });
  const readers = [reader(), reader(), reader()];
  try {
    await waitUntil(() => load.sent.length > 30 && reads > 30, 60_000);
    await happening();
    const [sent, read] = [load.sent.length, reads];
    await waitUntil(() => load.sent.length > sent + 30 && reads > read + 30, 60_000);
  } finally {
    stopping = true;
    await Promise.all([load.stop(), ...readers]);
  }
  expect(await laboratory.lost(load)).toEqual([]);
  failed.push(...load.sent.filter(({ status }) => status !== 200).map(({ status, problem }) => `${status} ${problem}`));
  return { sent: load.sent.length + reads, failed };
}

describe('a read replica', () => {
  test('is read from, over verified TLS, and the primary is written to', async () => {
    const run = await makeRun();
    const caughtUp = async () => (await onReplica(`SELECT 1 FROM runs WHERE run_uuid = '${run}'`)).trim() === '1';
    expect(await waitUntil(caughtUp, 10_000)).toBe(true);
    const before = { postgres: databaseLog('postgres').length, replica: databaseLog('replica').length };
    expect(await search()).toContain(run);
    expect((await ask(`runs/get?run_id=${run}`)).status).toBe(200);
    const [primary, replica] = (['postgres', 'replica'] as const).map((name) => databaseLog(name).slice(before[name]));
    expect(replica).toMatch(/statement: SELECT .*FROM runs/s);
    expect(primary).not.toMatch(/FROM runs/);
    expect(databaseLog('postgres')).toMatch(/INSERT INTO runs/);
    expect(databaseLog('replica')).not.toMatch(/INSERT INTO|read-only transaction/);
    expect(
      (
        await onReplica(
          `SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'mlflow'`,
        )
      ).trim(),
    ).toBe('t');
  });

  test('that is behind: what was just made is found, and it is not read from for long', async () => {
    await onReplica('SELECT pg_wal_replay_pause()');
    const run = await makeRun();
    // By its id at once, and by those who change it; a list is as old as the replica.
    expect((await ask(`runs/get?run_id=${run}`)).status).toBe(200);
    expect((await ask('runs/set-tag', { run_id: run, key: 'a', value: 'b' })).status).toBe(200);
    expect((await ask('runs/get?run_id=nowhere')).status).toBe(404);
    expect(await search()).not.toContain(run);
    await server.says(/reading from the primary, not from the replica: it is 1\d s behind/);
    expect(await search()).toContain(run);
    await onReplica('SELECT pg_wal_replay_resume()');
    await readsFromReplicaAgain();
  });

  test('that crashes: no request fails, a server starts without it, and it is read from when it is back', async () => {
    const { failed, sent } = await whileBusy(async () => {
      await laboratory.replica!.postgres.crash();
      await server.says(/reading from the primary, not from the replica: connection/);
      const another = await laboratory.server(wish);
      await another.ready();
      await another.says('reading from the primary');
      await another.stop();
      await laboratory.restartReplica();
      await readsFromReplicaAgain();
    });
    process.stderr.write(`replica crashed: ${sent} requests, ${failed.length} failed\n`);
    expect(failed).toEqual([]);
  });

  async function readsFromReplicaAgain(): Promise<void> {
    const last = () => /.*reading from the (primary|replica)/.exec(server.log.split('\n').reverse().join('\n'))?.[1];
    expect(await waitUntil(() => last() === 'replica', 30_000)).toBe(true);
  }
});

describe('the password, replaced by the servers', () => {
  const current = async () => JSON.parse(await laboratory.readSecret()).password as string;
  const pending = () =>
    laboratory.readSecret(undefined, 'AWSPENDING').then(
      (text) => JSON.parse(text).password as string,
      () => undefined,
    );
  const rotate = async (...args: string[]) => {
    const said = await server.runs('rotate', ...args);
    written.push(said);
    return said;
  };

  test('is left alone until it is due', async () => {
    expect(await rotate()).toContain('is not due');
    expect(await current()).toBe(passwords[0]);
  });

  test('is replaced under load, by two servers at once, and no request fails', async () => {
    const { pid } = server;
    const { failed, sent } = await whileBusy(async () => {
      const said = await Promise.all([rotate('--now'), rotate('--now')]);
      expect(said.join()).toContain('replaced the password of the database');
      passwords.push(await current());
      await pause(3_000); // every connection is new since
    });
    process.stderr.write(`password replaced: ${sent} requests, ${failed.length} failed\n`);
    expect(failed).toEqual([]);
    expect(server.pid).toBe(pid);
    expect(new Set(passwords).size).toBe(2);
    expect(await pending()).toBeUndefined();
  });

  test.each([
    ['the new one is kept', 'rotation.Secret.add_pending = dies_after(rotation.Secret.add_pending)'],
    ['the database has it', 'rotation._set_password = dies_after(rotation._set_password)'],
    [
      'it is the current one',
      `make = rotation.secrets_manager
def client(*args):
    made = make(*args, attempts=4)
    made.update_secret_version_stage = dies_after(made.update_secret_version_stage)
    return made
rotation.secrets_manager = lambda region, attempts: client(region)`,
    ],
  ])('killed when %s: the servers get in, and the next one finishes it', async (_when, step) => {
    const before = await current();
    await expect(dyingRotation(step)).rejects.toMatchObject({ signal: 'SIGKILL' });
    const unfinished = await pending();
    expect(unfinished).toBeDefined();
    passwords.push(unfinished!);
    expect(unfinished).not.toBe(before);
    await pause(1_100); // now every connection of the server is made anew
    expect((await ask('runs/create', { experiment_id: '0' })).status).toBe(200);
    expect(await server.status('/ready')).toBe(200);
    await rotate();
    expect(await current()).toBe(unfinished);
    expect(await server.status('/ready')).toBe(200);
  });

  test('is in no log, argument or environment, though PostgreSQL logs the statement that changes it', () => {
    const logs = [databaseLog('postgres'), databaseLog('replica'), server.log, ...written];
    expect(logs[0]).toMatch(/statement: ALTER ROLE "mlflow" PASSWORD 'SCRAM-SHA-256\$/);
    for (const text of [
      ...logs,
      readFileSync(`/proc/${server.pid}/cmdline`, 'utf8'),
      readFileSync(`/proc/${server.pid}/environ`, 'utf8'),
    ])
      for (const password of passwords) expect(text).not.toContain(password);
  });

  /** Rotates at once with a step, a line of Python, replaced by one that dies when it is done. */
  function dyingRotation(step: string): Promise<unknown> {
    const program = `
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tracking_server.database import rotation
from tracking_server.config import read_config

def dies_after(work):
    def last(*args, **kwargs):
        work(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
    return last

${step}
rotation.rotate(read_config(Path(sys.argv[2])), now=True)
`;
    return promisify(execFile)(
      join(laboratory.python.server, 'bin', 'python'),
      ['-c', program, serverFiles, server.configFile],
      {
        env: { ...laboratory.surroundings, MLFLOW_ROOT: dirname(server.configFile), AWS_DEFAULT_REGION: 'us-east-1' },
      },
    );
  }
});
