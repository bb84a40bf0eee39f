// `node load-balancer.mjs PORT_FILE TARGETS TLS_PORT_FILE CERTIFICATE KEY`: the part of an Application Load Balancer that a client meets, on
// two loopback ports: with TLS and the domain name's certificate, as the real one, and without, for whoever is on this machine.
// A port file holds the wished port, and once it listens the one it got: another when somebody else has that.
// TARGETS is a JSON list of ports, read again all the time; who answers /health gets requests, in turn.
// Like the real one it repeats nothing: a request whose server dies is answered 502, and MLflow's client sends it again.
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, createServer, get, request } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

const [portFile, targetsFile, tlsPortFile, certificate, key] = process.argv.slice(2);
const healthCheckMs = 500;
const agent = new Agent({ keepAlive: true });
let healthy = [];
let turn = 0;

const targets = () => {
  try {
    return JSON.parse(readFileSync(targetsFile, 'utf8'));
  } catch {
    return healthy; // being written
  }
};

const lives = (target) =>
  new Promise((resolve) => {
    const asked = get({ port: target, host: '127.0.0.1', path: '/health', timeout: 2_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
  });

async function check() {
  const asked = targets();
  const answers = await Promise.all(asked.map(lives));
  healthy = asked.filter((_, i) => answers[i]);
  // From here on no request goes to any other: those that are not in the list may be stopped.
  writeFileSync(`${targetsFile}.taken`, JSON.stringify(asked));
  setTimeout(check, healthCheckMs);
}

function pass(incoming, outgoing) {
  const target = healthy[turn++ % healthy.length];
  if (target === undefined) {
    outgoing.writeHead(503).end('no healthy server\n');
    return;
  }
  const passed = request(
    {
      agent,
      port: target,
      host: '127.0.0.1',
      method: incoming.method,
      path: incoming.url,
      headers: { ...incoming.headers, 'x-forwarded-for': incoming.socket.remoteAddress, 'x-forwarded-proto': 'https' },
    },
    (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    },
  );
  passed.on('error', () => {
    healthy = healthy.filter((one) => one !== target);
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(502).end('the server closed the connection\n');
  });
  incoming.pipe(passed);
  outgoing.on('close', () => passed.destroy());
}

function listen(server, file) {
  return new Promise((resolve, reject) => {
    let wished = Number(readFileSync(file, 'utf8'));
    server.on('error', (error) => {
      if (error.code !== 'EADDRINUSE' || wished === 0) return reject(error);
      wished = 0;
      server.listen(0, '127.0.0.1');
    });
    server.on('listening', () => resolve(writeFileSync(file, String(server.address().port))));
    server.listen(wished, '127.0.0.1');
  });
}

await check();
await listen(createServer(pass), portFile);
await listen(createTlsServer({ cert: readFileSync(certificate), key: readFileSync(key) }, pass), tlsPortFile);
writeFileSync(`${portFile}.listens`, String(process.pid));
