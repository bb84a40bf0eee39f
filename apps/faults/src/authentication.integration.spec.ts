import { Laboratory, type Server } from '@mlflow-on-aws/laboratory';
import { reservePort, waitUntil } from '@mlflow-on-aws/workbench';
import { readFileSync } from 'node:fs';

jest.setTimeout(5 * 60_000);

let laboratory: Laboratory;
let servers: Server[];
let metricsPort: number;
let admin: { username: string; password: string; flask_key: string };

beforeAll(async () => {
  laboratory = await Laboratory.open();
  await laboratory.publishSecret();
  await laboratory.makeEmptySecret('administrator');
  // Two at once on an empty database: one of them makes the administrator.
  metricsPort = await reservePort();
  servers = await Promise.all([
    laboratory.server({ adminSecret: 'administrator', sizing: { workers: 2 }, prometheusPort: metricsPort }),
    laboratory.server({ adminSecret: 'administrator' }),
  ]);
  await Promise.all(servers.map((server) => server.ready()));
  admin = JSON.parse(await laboratory.readSecret('administrator'));
});
afterAll(() => laboratory?.close());

const ask = (server: Server, path: string, login?: { username: string; password: string }, body?: object) =>
  fetch(`${server.uri}/api/2.0/mlflow/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'content-type': 'application/json',
      ...(login && { authorization: `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}` }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });

test('nobody gets in without a password, but whoever asks whether the server lives', async () => {
  for (const server of servers) {
    expect((await ask(server, 'experiments/get?experiment_id=0')).status).toBe(401);
    expect((await ask(server, 'experiments/get?experiment_id=0', { ...admin, password: 'wrong' })).status).toBe(401);
    expect(await server.status('/health')).toBe(200);
    expect(await server.status('/ready')).toBe(200);
  }
});

test('the administrator of the secret gets in at every server', async () => {
  expect(admin.username).toBe('admin');
  for (const server of servers) expect((await ask(server, 'experiments/get?experiment_id=0', admin)).status).toBe(200);
});

test('a user that one server made is known to the other, and may read but not write what is not theirs', async () => {
  const [one, other] = servers as [Server, Server];
  const user = { username: 'reader', password: 'a-long-password' };
  expect((await ask(one, 'users/create', admin, user)).status).toBe(200);
  expect((await ask(other, 'experiments/get?experiment_id=0', user)).status).toBe(200);
  expect((await ask(other, 'runs/create', user, { experiment_id: '0' })).status).toBe(403);
});

test('clients are not told to fetch artifacts from S3, which they may not reach', async () => {
  for (const { uri } of servers)
    expect(await (await fetch(`${uri}/api/3.0/mlflow/server-info`)).json()).toMatchObject({
      multipart_uploads_enabled: false,
      multipart_downloads_enabled: false,
    });
});

test('password and key are in no log, argument or environment', () => {
  for (const { log, pid } of servers)
    for (const text of [
      log,
      readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
      readFileSync(`/proc/${pid}/environ`, 'utf8'),
    ])
      for (const secret of [admin.password, admin.flask_key]) expect(text).not.toContain(secret);
});

test('metrics are on a port of their own, ask for no password, and are those of all workers', async () => {
  const [server] = servers as [Server];
  const metrics = () => fetch(`http://127.0.0.1:${metricsPort}/metrics`).then((answer) => answer.text());
  const route = '/api/2.0/mlflow/users/get';
  await Promise.all(Array.from({ length: 20 }, () => ask(server, 'users/get?username=admin', admin)));
  await Promise.all([1, 2, 3].map((name) => ask(server, `made-up/${name}`)));
  const counted = [
    `mlflow_server_requests_total{method="GET",route="${route}",status="200"} 20.0`,
    'mlflow_server_requests_total{method="GET",route="none",status="401"} 3.0',
    `mlflow_server_request_seconds_count{route="${route}"} 20.0`,
  ];
  // A request counts when its last byte is sent, which its client may see first.
  let told = '';
  await waitUntil(async () => {
    told = await metrics();
    return counted.every((line) => told.includes(line));
  }, 10_000);
  expect(told.split('\n')).toEqual(expect.arrayContaining(counted));
  expect((await fetch(`${server.uri}/metrics`)).status).toBe(401);
});

test('a server that starts later takes what is there', async () => {
  const later = await laboratory.server({ adminSecret: 'administrator' });
  await later.ready();
  expect(JSON.parse(await laboratory.readSecret('administrator'))).toEqual(admin);
  expect((await ask(later, 'experiments/get?experiment_id=0', admin)).status).toBe(200);
});
