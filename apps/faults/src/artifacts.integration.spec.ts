import { Laboratory, type Server } from '@mlflow-on-aws/laboratory';
import { checkout, findChromium, openBrowser, TrackingUi, withoutProxy } from '@mlflow-on-aws/workbench';
import type { ServerConfig } from '@mlflow-on-aws/tracking-server';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

jest.setTimeout(5 * 60_000);

const run = promisify(execFile);
const mebibyte = 1024 ** 2;
/** Not us-east-1, whose buckets have the host that boto3 signs URLs for by default. */
const region = 'eu-central-1';

type Mode = ServerConfig['artifacts']['mode'];
let laboratory: Laboratory;
const servers = {} as Record<Mode, Server>;

beforeAll(async () => {
  laboratory = await Laboratory.open();
  await laboratory.publishSecret();
  writeFileSync(model(), randomBytes(12 * mebibyte));
  // One backend store: a mode changes, the experiments stay.
  for (const artifactMode of ['proxied', 'presigned', 'direct'] as const)
    servers[artifactMode] = await laboratory.server({ artifactMode, environment: { AWS_DEFAULT_REGION: region } });
  await Promise.all(Object.values(servers).map((server) => server.ready()));
});
afterAll(() => laboratory?.close());

const model = () => join(laboratory.directory, 'model.bin');
const note = () => join(laboratory.directory, 'note.txt');

/** Reaches the server and, of AWS, nothing. */
const serverOnly = { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '127.0.0.1' };
/** Reaches S3, without keys. */
const s3WithoutKeys = () => {
  const { proxyUrl, caBundle } = laboratory.aws.endpoint;
  return { HTTPS_PROXY: proxyUrl, NO_PROXY: '127.0.0.1', REQUESTS_CA_BUNDLE: caBundle };
};
const bySignedUrls = (wish: boolean) => ({
  MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD: String(wish),
  MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD: String(wish),
});

/** An MLflow client logs 12 MiB and reads them back; resolves to where they are, and what it asked the server about artifacts. */
async function exchange(mode: Mode, experiment: string, environment: NodeJS.ProcessEnv, file = model()) {
  const server = servers[mode];
  const before = server.log.length;
  const { stdout } = await run(
    join(laboratory.python.server, 'bin', 'python'),
    [join(checkout, 'apps', 'faults', 'clients', 'artifacts.py'), file, experiment],
    {
      cwd: laboratory.directory,
      env: {
        ...withoutProxy(process.env),
        MLFLOW_TRACKING_URI: server.uri,
        MLFLOW_DISABLE_TELEMETRY: 'true',
        GIT_PYTHON_REFRESH: 'quiet',
        // 500 MB is what counts as big; here it is 5.
        MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE: String(5 * mebibyte),
        MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE: String(5 * mebibyte),
        MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE: String(5 * mebibyte),
        // Whoever cannot get through says so soon.
        MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
        ...environment,
      },
    },
  );
  const made: { experimentId: string; runId: string; artifactUri: string } = JSON.parse(
    stdout.trim().split('\n').at(-1) ?? '',
  );
  const asked = server.log
    .slice(before)
    .split('\n')
    .map((line) =>
      /"method": "(\w+)", "path": "\/api\/2\.0\/mlflow-artifacts\/([a-z]+(?:\/(?:create|complete))?)/.exec(line),
    )
    .flatMap((found) => (found ? [`${found[1]} ${found[2]}`] : []));
  return { ...made, asked: [...new Set(asked)] };
}

const throughTheServer = ['PUT artifacts', 'GET artifacts'];
const pastTheServer = ['POST mpu/create', 'POST mpu/complete', 'GET presigned'];

/** Keys of the bucket that end so, with what S3 calls their ETag: of an object in parts it ends in their number. */
async function inBucket(ending: string): Promise<{ Key: string; ETag: string }[]> {
  const { Contents } = JSON.parse(
    await laboratory.aws.cli(region, 's3api', 'list-objects-v2', '--bucket', laboratory.bucket, '--output', 'json'),
  ) as { Contents: { Key: string; ETag: string }[] };
  return Contents.filter(({ Key }) => Key.endsWith(ending));
}

test('proxied: a client that reaches nothing but the server', async () => {
  const { artifactUri, asked } = await exchange('proxied', 'proxied', serverOnly);
  expect(artifactUri).toMatch(/^mlflow-artifacts:\//);
  expect(asked.filter((one) => throughTheServer.includes(one))).toEqual(throughTheServer);
  expect(asked.filter((one) => pastTheServer.includes(one))).toEqual([]);
});

test('proxied: a client that wishes so exchanges its bytes with S3', async () => {
  const { asked } = await exchange('proxied', 'proxied', { ...s3WithoutKeys(), ...bySignedUrls(true) });
  expect(asked.filter((one) => pastTheServer.includes(one))).toEqual(pastTheServer);
  expect(asked).not.toContain('PUT artifacts');
});

test('presigned: a client without AWS keys exchanges its bytes with S3, in parts', async () => {
  const { artifactUri, asked } = await exchange('presigned', 'presigned', s3WithoutKeys());
  expect(asked.filter((one) => pastTheServer.includes(one))).toEqual(pastTheServer);
  expect(asked).not.toContain('PUT artifacts');
  const [object] = await inBucket(artifactUri.replace('mlflow-artifacts:', '') + '/model.bin');
  expect(object?.ETag).toMatch(/-3"$/);
});

test('presigned: a client that reaches nothing but the server, and says so', async () => {
  const { asked } = await exchange('presigned', 'presigned', { ...serverOnly, ...bySignedUrls(false) });
  expect(asked.filter((one) => throughTheServer.includes(one))).toEqual(throughTheServer);
});

const chromium = findChromium();
if (chromium === undefined) process.stderr.write('not shown: no Chromium\n');

(chromium === undefined ? test.skip : test).each(['proxied', 'presigned'] as const)(
  '%s: a browser downloads what its person clicks on',
  async (mode) => {
    writeFileSync(note(), mode);
    const { experimentId, runId } = await exchange(mode, mode, s3WithoutKeys(), note());
    const browser = await openBrowser(chromium as string, {});
    try {
      const context = await browser.newContext({
        proxy: { server: laboratory.aws.endpoint.proxyUrl, bypass: '127.0.0.1' },
        ignoreHTTPSErrors: true, // of the emulated S3
      });
      const ui = await TrackingUi.open(context, servers[mode].uri);
      expect(await ui.download(experimentId, runId, 'note.txt')).toEqual({
        content: mode,
        from: expect.stringMatching(mode === 'proxied' ? /^blob:http:\/\/127/ : /^https:\/\/.*\.amazonaws\.com\//),
      });
    } finally {
      await browser.close();
    }
  },
);

test('presigned: no URL is of use in the log', () => {
  for (const { log } of Object.values(servers)) expect(log).not.toContain('X-Amz-Signature');
});

test('URLs are signed for the host of the bucket’s region', async () => {
  const answer = await fetch(`${servers.presigned.uri}/api/2.0/mlflow-artifacts/mpu/create/0/x/artifacts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ path: 'model.bin', num_parts: 1 }),
  });
  const { credentials } = (await answer.json()) as { credentials: { url: string }[] };
  expect(new URL(credentials[0]?.url ?? '').host).toBe(`${laboratory.bucket}.s3.${region}.amazonaws.com`);
});

test('direct: a client with AWS keys goes to S3 itself, as the server’s answers say', async () => {
  const { artifactUri, asked } = await exchange('direct', 'direct', laboratory.aws.environment(region));
  expect(artifactUri).toMatch(new RegExp(`^s3://${laboratory.bucket}/artifacts/`));
  expect(asked).toEqual([]);
  expect(await inBucket(artifactUri.replace(`s3://${laboratory.bucket}/`, '') + '/model.bin')).toHaveLength(1);
});

test('direct: an experiment of before keeps its location, and its artifacts go through the server', async () => {
  const { artifactUri, asked } = await exchange('direct', 'proxied', serverOnly);
  expect(artifactUri).toMatch(/^mlflow-artifacts:\//);
  expect(asked.filter((one) => throughTheServer.includes(one))).toEqual(throughTheServer);
});
