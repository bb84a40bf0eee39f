import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { answers } from './registry';
import { Sandbox } from './sandbox';

let sandbox: Sandbox;
let server: Server;
const sockets = new Set<Socket>();
beforeEach(async () => {
  sandbox = new Sandbox();
  server = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.HTTPS_PROXY = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  delete process.env.https_proxy;
  delete process.env.NO_PROXY;
  delete process.env.no_proxy;
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  sandbox.end();
});

test('a registry behind a proxy that never answers is given up in time', async () => {
  const began = Date.now();
  expect(await answers('registry.example', 300)).toBe(false);
  expect(Date.now() - began).toBeLessThan(5_000);
  expect(sockets.size).toBeGreaterThan(0);
});

test('a proxy that refuses is no answer', async () => {
  server.on('connection', (socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  expect(await answers('registry.example')).toBe(false);
});
