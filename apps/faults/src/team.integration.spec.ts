import { Laboratory, Load, type Server } from '@mlflow-on-aws/laboratory';
import { waitUntil } from '@mlflow-on-aws/workbench';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

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

const slowest = (load: Load) => Math.max(...load.sent.map(({ began, ended }) => ended - began)) / 1000;

/** Asks the server with headers that `fetch` keeps to itself. */
function ask(method: string, path: string, headers: Record<string, string>, body = ''): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const asked = request(`${server.uri}${path}`, { method, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

interface Asked {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

// The first goes to Flask at once (rest_api.py), the second by FastAPI.
describe.each(['/api/2.0/mlflow/experiments/create', '/api/2.0/mlflow-artifacts/artifacts/0/x'])('%s', (path) => {
  test('is answered under no foreign name', async () => {
    const { status, text } = await ask('POST', path, { host: 'evil.example.com' });
    expect([status, text]).toEqual([403, expect.stringContaining('Invalid Host header')]);
  });

  test('changes nothing for a page of another origin', async () => {
    const { status, text } = await ask('POST', path, { origin: 'https://evil.example.com' });
    expect([status, text]).toEqual([403, expect.stringContaining('Cross-origin request blocked')]);
    const asks = { origin: 'https://evil.example.com', 'access-control-request-method': 'POST' };
    expect((await ask('OPTIONS', path, asks)).headers['access-control-allow-origin']).toBeUndefined();
  });

  test('tells browsers what MLflow tells them', async () => {
    const { headers } = await ask('GET', path, {});
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'SAMEORIGIN' });
  });
});

test('the REST API takes what MLflow’s own does: large bodies, other alphabets, and says what is wrong', async () => {
  const post = (path: string, body: object) => ask('POST', `/api/2.0/mlflow/${path}`, json, JSON.stringify(body));
  const json = { 'content-type': 'application/json' };
  const created = await post('experiments/create', { name: 'Größe 大小' });
  expect(created.status).toBe(200);
  const id = JSON.parse(created.text).experiment_id;
  expect(JSON.parse((await ask('GET', `/api/2.0/mlflow/experiments/get?experiment_id=${id}`, {})).text)).toMatchObject({
    experiment: { name: 'Größe 大小' },
  });
  const { run } = JSON.parse((await post('runs/create', { experiment_id: id })).text);
  const tags = Array.from({ length: 90 }, (_, index) => ({ key: `tag-${index}`, value: 'x'.repeat(5_000) }));
  expect((await post('runs/log-batch', { run_id: run.info.run_id, tags })).status).toBe(200);
  const twice = await post('experiments/create', { name: 'Größe 大小' });
  expect([twice.status, JSON.parse(twice.text).error_code]).toEqual([400, 'RESOURCE_ALREADY_EXISTS']);
  expect((await ask('GET', '/api/2.0/mlflow/experiments/get?experiment_id=4711', {})).status).toBe(404);
  expect((await ask('DELETE', '/api/2.0/mlflow/runs/log-batch', {})).status).toBe(405);
});

test.each([64, 128, 256])('%d clients at once: no request fails, and none waits for half a minute', async (writers) => {
  const load = new Load(server.uri);
  load.start({ writers });
  await pause(6_000);
  await load.stop();
  process.stderr.write(`${writers} clients: ${load.sent.length} requests, the slowest ${slowest(load).toFixed(1)} s\n`);
  expect(load.sent.filter(({ status }) => status !== 200)).toEqual([]);
  expect(await laboratory.lost(load)).toEqual([]);
});

test('more clients than it can take: some are told when to come back, nobody is kept waiting, and then all is well', async () => {
  const load = new Load(server.uri);
  load.start({ writers: 1_300 });
  await waitUntil(() => load.sent.some(({ status }) => status === 429), 60_000);
  // Whoever watches the server is not told to come back later.
  expect(await server.status('/health')).toBe(200);
  await load.stop();
  process.stderr.write(`1300 clients: ${load.sent.length} requests, the slowest ${slowest(load).toFixed(1)} s\n`);
  expect([...new Set(load.sent.map(({ status }) => status))].sort()).toEqual([200, 429]);
  for (const { retryAfter } of load.sent.filter(({ status }) => status === 429))
    expect(Number(retryAfter)).toBeGreaterThan(0);
  expect(await laboratory.lost(load)).toEqual([]);
  expect(await server.status('/ready')).toBe(200);
});
