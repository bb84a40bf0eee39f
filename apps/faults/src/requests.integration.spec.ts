import { Laboratory, type Server } from '@mlflow-on-aws/laboratory';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';

jest.setTimeout(5 * 60_000);

const mebibyte = 1024 ** 2;
let laboratory: Laboratory;
let server: Server;
let experiment: string;
let run: string;

beforeAll(async () => {
  laboratory = await Laboratory.open();
  await laboratory.publishSecret();
  server = await laboratory.server();
  await server.ready();
  experiment = (await post('experiments/create', { name: 'requests' })).json.experiment_id;
  run = (await post('runs/create', { experiment_id: experiment })).json.run.info.run_id;
});
afterAll(() => laboratory?.close());

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly json: any;
}

/** Without `Content-Length` when the body comes in parts. */
function ask(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  ...parts: (string | Buffer)[]
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(`${server.uri}${path}`, { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString();
        const json = text.startsWith('{') ? JSON.parse(text) : undefined;
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes, text, json });
      });
    });
    asked.on('error', reject);
    if (parts.length > 1) for (const part of parts) asked.write(part);
    asked.end(parts.length === 1 ? parts[0] : undefined);
  });
}

const json = { 'content-type': 'application/json' };
const api = '/api/2.0/mlflow';
const post = (path: string, body: object | string, headers: Record<string, string> = {}) =>
  ask(
    'POST',
    path.startsWith('/') ? path : `${api}/${path}`,
    { ...json, ...headers },
    typeof body === 'string' ? body : JSON.stringify(body),
  );
const artifact = (name: string) => `/api/2.0/mlflow-artifacts/artifacts/${experiment}/${run}/artifacts/${name}`;
const seconds = async (work: Promise<unknown>) => {
  const began = Date.now();
  await work;
  return (Date.now() - began) / 1000;
};

describe('a body', () => {
  test('without a length is read', async () => {
    const parts = ['{"experiment_ids": ', `["${experiment}"]}`];
    expect((await ask('POST', `${api}/runs/search`, json, ...parts)).json.runs).toHaveLength(1);
    expect((await ask('PUT', artifact('parts.txt'), {}, 'one, ', 'two')).status).toBe(200);
    expect((await ask('GET', artifact('parts.txt'))).text).toBe('one, two');
  });

  test('that is packed is unpacked', async () => {
    const packed = gzipSync(JSON.stringify({ experiment_ids: [experiment] }));
    const answer = await ask('POST', `${api}/runs/search`, { ...json, 'content-encoding': 'gzip' }, packed);
    expect(answer.json.runs).toHaveLength(1);
  });

  test.each(['{"experiment_ids": ["1"', 'hello'])('that is no JSON is refused: %s', async (body) => {
    expect((await post('runs/search', body)).status).toBe(400);
  });

  test('that is larger than any search is refused, and nobody waits behind it', async () => {
    const large = post('runs/search', { experiment_ids: [experiment], filter: 'x'.repeat(30 * mebibyte) });
    const others = await seconds(post('runs/search', { experiment_ids: [experiment], max_results: 1 }));
    expect((await large).status).toBe(413);
    expect(others).toBeLessThan(2);
  });
});

describe('what PostgreSQL does not store is refused at once:', () => {
  const nul = 'a\0b';
  const otlp = (name: string) => ({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                traceId: '5b8efff798038103d269b633813fc60c',
                spanId: 'eee19b7ec3c1b174',
                name,
                startTimeUnixNano: '1',
                endTimeUnixNano: '2',
              },
            ],
          },
        ],
      },
    ],
  });
  test.each<[string, () => Promise<Answer>]>([
    ['a tag', () => post('runs/set-tag', { run_id: run, key: 'k', value: nul })],
    ['a parameter', () => post('runs/log-parameter', { run_id: run, key: 'k', value: nul })],
    ['a batch', () => post('runs/log-batch', { run_id: run, tags: [{ key: nul, value: 'v' }] })],
    ['a filter', () => post('runs/search', { experiment_ids: [experiment], filter: `tags.a = '${nul}'` })],
    ['the name of an experiment', () => post('experiments/create', { name: nul })],
    ['the name of a model', () => post('registered-models/create', { name: nul })],
    ['an address', () => ask('GET', `${api}/runs/get?run_id=a%00b`)],
    ['a path', () => ask('PUT', artifact('a%00b'), {}, 'x')],
    ['a span', () => post('/v1/traces', otlp(nul), { 'x-mlflow-experiment-id': experiment })],
    ['a span in protobuf', () => ask('POST', '/v1/traces', protobuf(), spanWithNul)],
  ])('%s', async (_, asks) => {
    const { status, text } = await asks();
    expect([status, text]).toEqual([400, expect.not.stringMatching(/SELECT|INSERT|UPDATE|\[SQL/)]);
  });
  const protobuf = () => ({ 'content-type': 'application/x-protobuf', 'x-mlflow-experiment-id': experiment });
  // resource_spans { scope_spans { spans { trace_id, span_id, name: "a\0b", start 1, end 2 } } }
  const field = (number: number, content: Buffer) =>
    Buffer.concat([Buffer.from([number * 8 + 2, content.length]), content]);
  const fixed = (number: number, value: number) => Buffer.from([number * 8 + 1, value, 0, 0, 0, 0, 0, 0, 0]);
  const span = Buffer.concat([
    field(1, Buffer.alloc(16, 7)),
    field(2, Buffer.alloc(8, 7)),
    field(5, Buffer.from(nul)),
    fixed(7, 1),
    fixed(8, 2),
  ]);
  const spanWithNul = field(1, field(2, field(2, span)));
});

test('an error shows no statement', async () => {
  for (const answer of [
    await post('experiments/create', { name: 'requests' }),
    await post('registered-models/create', { name: 'twice' }).then(() =>
      post('registered-models/create', { name: 'twice' }),
    ),
    await post('runs/log-batch', { run_id: run, params: [{ key: 'k', value: '1' }] }).then(() =>
      post('runs/log-batch', { run_id: run, params: [{ key: 'k', value: '2' }] }),
    ),
  ]) {
    expect(answer.status).toBe(400);
    expect(answer.text).not.toMatch(/SELECT|INSERT|UPDATE|\[SQL|psycopg2.*\n/);
  }
});

test('a page of another origin is told what MLflow tells it', async () => {
  const asks = { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' };
  const asked = { ...asks, 'access-control-request-headers': 'content-type' };
  const [ours, theirs] = [
    await ask('OPTIONS', `${api}/runs/search`, asked),
    // FastAPI's own route.
    await ask('OPTIONS', artifact('x'), asked),
  ];
  const cors = ({ status, headers }: Answer) => [
    status,
    Object.fromEntries(
      Object.entries(headers).filter(([name]) => name.startsWith('access-control') || name === 'vary'),
    ),
  ];
  expect(cors(ours)).toEqual(cors(theirs));
  const { headers } = await post('runs/search', { experiment_ids: [experiment] }, { origin: 'http://localhost:3000' });
  expect(headers['access-control-allow-origin']).toBe('http://localhost:3000');
});

describe('an artifact', () => {
  const content = Buffer.alloc(5 * mebibyte, 'artifact ');
  beforeAll(async () => void (await ask('PUT', artifact('large.bin'), {}, content)));

  test.each([
    ['that is not there', () => artifact('none.txt')],
    ['that is a folder', () => artifact('')],
    ['of the pages that is not there', () => `/get-artifact?run_id=${run}&path=none.txt`],
  ])('%s is 404 at once', async (_, path) => {
    const answer = await ask('GET', path());
    expect([answer.status, answer.json.error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  test('is read whole, in part, and looked at, with its length', async () => {
    const whole = await ask('GET', artifact('large.bin'));
    expect(whole.bytes.equals(content)).toBe(true);
    expect(whole.headers).toMatchObject({
      'content-length': String(content.length),
      'content-disposition': expect.stringContaining('large.bin'),
      'x-content-type-options': 'nosniff',
    });
    const part = await ask('GET', artifact('large.bin'), { range: 'bytes=9-17' });
    expect([part.status, part.text, part.headers['content-range']]).toEqual([
      206,
      'artifact ',
      `bytes 9-17/${content.length}`,
    ]);
    expect((await ask('GET', artifact('large.bin'), { range: `bytes=${content.length}-` })).status).toBe(416);
    const looked = await ask('HEAD', artifact('large.bin'));
    expect([looked.status, looked.headers['content-length']]).toEqual([200, String(content.length)]);
    expect((await ask('GET', artifact('parts.txt'))).status).toBe(200);
  });

  test.each([
    ['h%23ash.txt', 400],
    ['p%2541.txt', 400],
    ['100%25.txt', 200],
    ['%C3%BC%E6%97%A5.txt', 200],
    ["q'uote+plus&amp.txt", 200],
  ])('%s keeps its name or is refused', async (name, status) => {
    expect((await ask('PUT', artifact(`names/${name}`), {}, name)).status).toBe(status);
    const keys = await laboratory.keys();
    const kept = [...keys].filter((key) => key.includes(`${run}/artifacts/names/`)).map((key) => key.split('/').at(-1));
    if (status === 200) expect(kept).toContain(decodeURIComponent(name));
    else expect(kept).not.toContain(decodeURIComponent(decodeURIComponent(name)));
  });

  test('of clients on slow lines keeps nobody waiting', async () => {
    const { hostname, port, host } = new URL(server.uri);
    const slow = Array.from({ length: 12 }, () => {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.pause();
      socket.write(`GET ${artifact('large.bin')} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      return socket;
    });
    // Twelve that send their body in drips.
    for (let index = 0; index < 12; index++) {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.write(`PUT ${artifact(`slow-${index}`)} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 9000000\r\n\r\nx`);
      slow.push(socket);
    }
    try {
      // All of them are in the middle of it.
      await ask('GET', artifact('parts.txt'));
      const waited = await Promise.all([
        seconds(ask('GET', `/ajax-api/2.0/mlflow/artifacts/list?run_id=${run}`)),
        seconds(ask('PUT', artifact('small.txt'), {}, 'x')),
        seconds(ask('GET', artifact('small.txt'))),
        seconds(ask('PUT', artifact('large-2.bin'), {}, content)),
        seconds(post('runs/search', { experiment_ids: [experiment] })),
      ]);
      for (const one of waited) expect(one).toBeLessThan(5);
    } finally {
      for (const socket of slow) socket.destroy();
    }
  });
});
