import { Laboratory, Load, MemoryLimit, residentMebibytes } from '@mlflow-on-aws/laboratory';
import { sizeServer } from '@mlflow-on-aws/config';

jest.setTimeout(5 * 60_000);

const mebibyte = 1024 ** 2;
/** What the systemd unit lets the server have of a t3.micro: MemoryMax=85%. */
const limitBytes = Math.floor(0.85 * 1024) * mebibyte;

let laboratory: Laboratory;
let limit: MemoryLimit | undefined;

beforeAll(async () => {
  laboratory = await Laboratory.open();
  await laboratory.publishSecret();
});
afterAll(async () => {
  await laboratory?.close();
  limit?.remove();
});

(process.platform === 'linux' ? test : test.skip)(
  'a t3.micro carries 64 clients and two artifacts of 100 MB',
  async () => {
    const server = await laboratory.server({
      sizing: sizeServer({ instanceType: 't3.micro', databaseClass: 'db.t4g.micro' }),
      environment: { MALLOC_ARENA_MAX: '2' }, // as the systemd unit
      supervised: false,
    });
    await server.ready();
    const atRest = residentMebibytes(server.pid);
    limit = MemoryLimit.on(server.pid, limitBytes);
    const load = new Load(server.uri);
    load.start({ writers: 64 });
    const transfer = async (client: number) => {
      const artifact = Buffer.alloc(100 * mebibyte, `model of client ${client}`);
      const uri = `${server.uri}/api/2.0/mlflow-artifacts/artifacts/0/big/artifacts/model-${client}`;
      expect((await fetch(uri, { method: 'PUT', body: artifact })).status).toBe(200);
      expect(artifact.equals(Buffer.from(await (await fetch(uri)).arrayBuffer()))).toBe(true);
    };
    await Promise.all([1, 2].map(transfer));
    await load.stop();
    const after = residentMebibytes(server.pid);
    process.stderr.write(
      `memory of one server, MiB: ${atRest.toFixed(0)} at rest, ${after.toFixed(0)} after ${load.sent.length} requests, ` +
        `${limit ? (limit.peak / mebibyte).toFixed(0) : 'unknown'} at the most with file cache\n`,
    );
    expect(atRest).toBeLessThan(300);
    expect(load.sent.filter(({ status }) => status !== 200)).toEqual([]);
    expect(server.exitCode).toBeUndefined();
    if (limit === undefined) process.stderr.write('not shown: a memory limit takes root and control groups\n');
    else expect(limit.kills).toBe(0);
  },
);
