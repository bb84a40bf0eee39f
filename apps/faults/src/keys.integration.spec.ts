import { Laboratory, type Server } from '@mlflow-on-aws/laboratory';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

jest.setTimeout(5 * 60_000);

let laboratory: Laboratory;
let server: Server;

beforeAll(async () => {
  laboratory = await Laboratory.open();
  await laboratory.publishSecret();
  server = await laboratory.server();
  await server.ready();
});
afterAll(() => laboratory?.close());

// eslint-disable-next-line @typescript-eslint/no-explicit-any
const ask = async (on: Server, path: string, body?: object): Promise<{ status: number; json: any }> => {
  const answer = await fetch(`${on.uri}${path}`, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json' },
  });
  return { status: answer.status, json: await answer.json() };
};

/** Runs Python with MLflow on the laboratory's database, as somebody who has nothing but that. */
async function python(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(
    join(laboratory.python.server, 'bin', 'python'),
    ['-c', program, laboratory.peerArguments('mlflow_db').backendStoreUri, ...args],
    { cwd: laboratory.directory, env: { ...laboratory.surroundings, MLFLOW_DISABLE_TELEMETRY: 'true' } },
  );
  return stdout.trim();
}

const restart = async () => {
  await server.stop();
  server = await laboratory.server();
  await server.ready();
};

const webhook = (name: string) => ({
  name,
  url: 'https://93.184.215.14/hook',
  events: [{ entity: 'REGISTERED_MODEL', action: 'CREATED' }],
  secret: 's3cret',
});

test('a webhook’s secret is read after a restart, and by another server', async () => {
  expect((await ask(server, '/api/2.0/mlflow/webhooks', webhook('lasting'))).status).toBe(200);
  await restart();
  const other = await laboratory.server();
  await other.ready();
  for (const on of [server, other]) {
    const { status, json } = await ask(on, '/api/2.0/mlflow/webhooks');
    expect([status, json.webhooks.length]).toEqual([200, 1]);
  }
  await other.stop();
});

test('a webhook whose secret’s key is gone is read without it, and the log says so', async () => {
  const lost = await python(`
from cryptography.fernet import Fernet
print(Fernet(Fernet.generate_key()).encrypt(b'lost').decode())`);
  await laboratory.sql(`UPDATE webhooks SET secret = '${lost}'`);
  const { status, json } = await ask(server, '/api/2.0/mlflow/webhooks');
  expect([status, json.webhooks[0].name]).toEqual([200, 'lasting']);
  await server.says('encrypted by a key that is gone');
});

test('a key of the gateway from before is read, and then no published passphrase opens it', async () => {
  // As a server without a passphrase made it.
  await python(`
import sys
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
SqlAlchemyStore(sys.argv[1], '/nowhere').create_gateway_secret('before', {'api_key': 'sk-before'}, 'openai')`);
  await restart();
  const made = await ask(server, '/ajax-api/3.0/mlflow/gateway/secrets/create', {
    secret_name: 'after',
    secret_value: { api_key: 'sk-after' },
    provider: 'openai',
  });
  expect(made.status).toBe(200);
  const open = `
import json, sys, sqlalchemy
from mlflow.utils import crypto
keys = json.loads(sys.argv[2])
manager = crypto.KEKManager(keys.get('kek_passphrase'), keys.get('kek_version'))
with sqlalchemy.create_engine(sys.argv[1]).connect() as connection:
    for row in connection.execute(sqlalchemy.text('SELECT * FROM secrets ORDER BY secret_name DESC')).mappings():
        try:
            print(crypto._decrypt_secret(encrypted_value=bytes(row['encrypted_value']), wrapped_dek=bytes(row['wrapped_dek']), kek_manager=manager, secret_id=row['secret_id'], secret_name=row['secret_name']))
        except Exception as error:
            print('closed')`;
  expect((await python(open, '{}')).split('\n')).toEqual(['closed', 'closed']);
  const keys = await laboratory.readSecret('mlflow-keys');
  expect((await python(open, keys)).split('\n')).toEqual([
    expect.stringContaining('sk-before'),
    expect.stringContaining('sk-after'),
  ]);
  const told = await ask(server, '/ajax-api/3.0/mlflow/gateway/secrets/config');
  expect(told.json).toMatchObject({ using_default_passphrase: false });
});

test('the keys are in no log, no argument and no environment', async () => {
  const { webhook_key, kek_passphrase } = JSON.parse(await laboratory.readSecret('mlflow-keys'));
  const two = await laboratory.server({ sizing: { workers: 2 } });
  await two.ready();
  const pids = (
    await promisify(execFile)('pgrep', ['-P', String(two.pid)]).then(({ stdout }) => stdout.trim().split('\n'))
  ).concat(String(two.pid), String(server.pid));
  expect(pids.length).toBeGreaterThan(3);
  for (const key of [webhook_key, kek_passphrase]) {
    expect(server.log + two.log).not.toContain(key);
    for (const pid of pids)
      for (const file of ['environ', 'cmdline'])
        expect(readFileSync(`/proc/${pid}/${file}`, 'utf8')).not.toContain(key);
  }
  expect((await ask(two, '/api/2.0/mlflow/webhooks')).status).toBe(200);
});
