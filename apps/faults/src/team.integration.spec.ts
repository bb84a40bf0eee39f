import { waitUntil } from '@mlflow-on-aws/local';
import { setTimeout as pause } from 'node:timers/promises';
import { Laboratory } from './laboratory';
import { Load } from './load';
import type { Server } from './server';

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

test.each([64, 256])('%d clients at once: no request fails, and none waits for half a minute', async (writers) => {
  const load = new Load(server.uri);
  load.start({ writers });
  await pause(10_000);
  await load.stop();
  process.stderr.write(`${writers} clients: ${load.sent.length} requests, the slowest ${slowest(load).toFixed(1)} s\n`);
  expect(load.sent.filter(({ status }) => status !== 200)).toEqual([]);
  expect(await laboratory.lost(load)).toEqual([]);
});

test('more clients than it can take: some are told when to come back, nobody is kept waiting, and then all is well', async () => {
  const load = new Load(server.uri);
  load.start({ writers: 1_300 });
  await waitUntil(() => load.sent.some(({ status }) => status === 503), 60_000);
  // Whoever watches the server is not told to come back later.
  expect(await server.status('/health')).toBe(200);
  await load.stop();
  process.stderr.write(`1300 clients: ${load.sent.length} requests, the slowest ${slowest(load).toFixed(1)} s\n`);
  expect([...new Set(load.sent.map(({ status }) => status))].sort()).toEqual([200, 503]);
  for (const { retryAfter } of load.sent.filter(({ status }) => status === 503))
    expect(Number(retryAfter)).toBeGreaterThan(0);
  expect(await laboratory.lost(load)).toEqual([]);
  expect(await server.status('/ready')).toBe(200);
});
