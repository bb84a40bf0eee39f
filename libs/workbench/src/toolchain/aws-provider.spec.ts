import { buildSync } from 'esbuild';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTime, waitUntil } from '../processes';
import { asset, checkout } from '../paths';
import { UserError } from '@mlflow-on-aws/command-line';
import { ensureAwsProvider } from './aws-provider';
import { awsProviderVersion } from './build-aws-provider';
import { cacheFolder, requireRoom } from './cache-folder';
import { contentKey } from './content-key';
import { answers } from './registry';
import { Sandbox } from './sandbox';
import type { Terraform } from './terraform';

jest.mock('./registry');
const registryAnswers = (value: boolean) => jest.mocked(answers).mockResolvedValue(value);

let sandbox: Sandbox;
let said: string[];
let terraform: Terraform;
beforeEach(() => {
  sandbox = new Sandbox();
  said = [];
  terraform = { binary: sandbox.terraform('terraform', 'Terraform v1.11.4'), kind: 'terraform' };
  registryAnswers(false);
});
afterEach(() => sandbox.end());

const ensure = () => ensureAwsProvider((message) => said.push(message), terraform);
const cached = () => readdirSync(join(sandbox.cache, 'aws-provider'));
const builds = () => sandbox.calls().filter((call) => call.startsWith('go build')).length;
const platform = `${process.platform}_${{ x64: 'amd64' }[process.arch as string] ?? process.arch}`;
const program = `aws/${awsProviderVersion}/${platform}/terraform-provider-aws_v${awsProviderVersion}`;

/** The mirror that Terraform is pointed to, the same by both ways. */
function mirrorOf(environment: Record<string, string>): string {
  const config = readFileSync(environment.TF_CLI_CONFIG_FILE as string, 'utf8');
  const mirror =
    /^provider_installation \{\n {2}filesystem_mirror \{\n {4}path = "(.*)"\n {2}\}\n\}\n$/.exec(config)?.[1] ?? '';
  expect(environment.TF_CLI_ARGS_providers_lock).toBe(`-fs-mirror="${mirror}"`);
  return mirror;
}

describe('where the registry does not answer', () => {
  test('the provider is built, for Terraform and OpenTofu, and nothing else stays', async () => {
    sandbox.go();
    const mirror = mirrorOf(await ensure());
    for (const registry of ['registry.terraform.io', 'registry.opentofu.org']) {
      expect(readFileSync(join(mirror, registry, 'hashicorp', program), 'utf8')).toBe('program\n');
    }
    expect(cached()).toHaveLength(1);
    expect(readdirSync(join(mirror, '..')).sort()).toEqual(['mirror', 'terraform.tfrc']);
    expect(said).toContain('registry.terraform.io does not answer');
  });

  test('go is told to leave no path of this machine in it, and to verify what it downloads', async () => {
    sandbox.go({ build: '/usr/bin/env > "$S/environment";' });
    await ensure();
    const calls = sandbox.calls();
    expect(calls.find((call) => call.startsWith('go build'))).toContain('-trimpath -buildvcs=false -ldflags=-s -w');
    const environment = readFileSync(join(sandbox.directory, 'environment'), 'utf8');
    expect(environment).toContain('GOWORK=off');
    expect(environment + calls.join('\n')).not.toMatch(/GONOSUMDB|GONOSUMCHECK|GOINSECURE|-insecure|-mod=mod/);
  });

  test('the second time nothing is built and the registry not asked', async () => {
    sandbox.go();
    const first = await ensure();
    expect(builds()).toBe(1);
    jest.mocked(answers).mockClear();
    expect(await ensure()).toEqual(first);
    expect(builds()).toBe(0);
    expect(answers).not.toHaveBeenCalled();
  });

  test('two at once build once', async () => {
    sandbox.go();
    const [one, other] = await Promise.all([ensure(), ensure()]);
    expect(one).toEqual(other);
    expect(builds()).toBe(1);
  });

  test('another Go builds another provider', async () => {
    sandbox.go();
    await ensure();
    sandbox.go({ version: 'go1.99.1' });
    await ensure();
    expect(cached()).toHaveLength(2);
  });

  test('without Go one sentence says what to do, and the cache stays empty of providers', async () => {
    const failure = await ensure().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as Error).message).toBe(
      'the AWS provider cannot be downloaded (registry.terraform.io does not answer), and there is no Go to build it with: ' +
        'get online, or install Go from https://go.dev/dl',
    );
    expect(cached()).toEqual(['unfinished']);
  });

  test('a build that fails says why, leaves nothing that looks like a provider, and is done anew', async () => {
    sandbox.go({ build: 'echo "undefined: something" >&2; exit 1;' });
    await expect(ensure()).rejects.toThrow(/building the AWS provider.* failed[^]*undefined: something/);
    expect(cached()).toEqual(['unfinished']);
    sandbox.go();
    expect(existsSync(join(mirrorOf(await ensure()), 'registry.terraform.io'))).toBe(true);
    expect(cached()).not.toContain('unfinished');
  });

  test('the lock of a process that died, and what it left half done, are in nobody’s way', async () => {
    sandbox.go();
    const folder = cacheFolder('aws-provider');
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.pid, started: 'another time' }));
    mkdirSync(join(folder, 'unfinished', 'source'), { recursive: true });
    writeFileSync(join(folder, 'unfinished', 'source', 'main.go'), 'half a pack');
    await ensure();
    expect(cached()).toHaveLength(1);
  });

  test('a damaged configuration file is written anew', async () => {
    sandbox.go();
    const { TF_CLI_CONFIG_FILE } = await ensure();
    writeFileSync(TF_CLI_CONFIG_FILE as string, '');
    mirrorOf(await ensure());
  });
});

describe('where the registry answers', () => {
  beforeEach(() => registryAnswers(true));
  const installing = (then: string) =>
    sandbox.terraform(
      'terraform',
      'Terraform v1.11.4',
      `/bin/cp main.tf.json "$TF_CLI_CONFIG_FILE" "$S"; echo "data dir: $TF_DATA_DIR" > "$S/data-dir"; ${then}`,
    );

  test('Terraform installs it once, undisturbed by the settings of the user', async () => {
    process.env.TF_CLI_CONFIG_FILE = '/nowhere/broken.tfrc';
    process.env.TF_DATA_DIR = '/nowhere';
    installing(
      `D=.terraform/providers/registry.terraform.io/hashicorp/aws; /bin/mkdir -p "$D"; echo theirs > "$D/program"`,
    );
    const mirror = mirrorOf(await ensure());
    expect(readFileSync(join(mirror, 'registry.terraform.io/hashicorp/aws/program'), 'utf8')).toBe('theirs\n');
    expect(JSON.parse(readFileSync(join(sandbox.directory, 'main.tf.json'), 'utf8'))).toEqual({
      terraform: { required_providers: { aws: { source: 'hashicorp/aws', version: awsProviderVersion } } },
    });
    expect(readFileSync(join(sandbox.directory, 'terraform.tfrc'), 'utf8')).toContain('direct {}');
    expect(readFileSync(join(sandbox.directory, 'data-dir'), 'utf8')).toBe('data dir: \n');
    expect(readdirSync(join(mirror, '..')).sort()).toEqual(['mirror', 'terraform.tfrc']);

    registryAnswers(false);
    sandbox.calls();
    expect(mirrorOf(await ensure())).toBe(mirror);
    expect(sandbox.calls()).toEqual(expect.not.arrayContaining([expect.stringContaining('init')]));
  });

  test('a download that fails all the same is said, and the provider built', async () => {
    sandbox.go();
    installing('echo "releases.hashicorp.com: connection refused" >&2; exit 1');
    mirrorOf(await ensure());
    expect(said.join('\n')).toContain('releases.hashicorp.com: connection refused');
    expect(builds()).toBe(1);
  });
});

describe('told to end in the middle of a build', () => {
  let child: ChildProcess;
  let bundle: string;
  const pids = () => join(sandbox.directory, 'pid');

  beforeEach(async () => {
    // A build that waits, in a process of its own: fails when asked to end, as go does.
    sandbox.go({
      build: `trap 'echo asked > "$S/asked"; exit 130' INT; echo $$ > "$S/pid.new"; /bin/mv "$S/pid.new" "$S/pid"
    while :; do /bin/sleep 0.05; done;`,
    });
    const entry = join(sandbox.directory, 'ensure.ts');
    writeFileSync(
      entry,
      `import { ensureAwsProvider } from ${JSON.stringify(asset('src', 'toolchain', 'index.ts'))};
       void ensureAwsProvider(() => undefined, ${JSON.stringify(terraform)});`,
    );
    bundle = join(checkout, 'node_modules', '.cache', 'mlflow-on-aws', `toolchain-test-${process.pid}.cjs`);
    buildSync({
      entryPoints: [entry],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      packages: 'external',
      logLevel: 'error',
    });
    child = spawn(process.execPath, [bundle], {
      env: { ...process.env, HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '', no_proxy: '' },
      stdio: 'ignore',
    });
    expect(await waitUntil(() => existsSync(pids()), 50_000)).toBe(true);
  });
  afterEach(() => {
    child.kill('SIGKILL');
    const pid = existsSync(pids()) ? Number(readFileSync(pids(), 'utf8')) : 0;
    if (pid > 0 && startTime(pid)) process.kill(pid, 'SIGKILL');
    rmSync(bundle, { force: true });
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s: go is asked to end too, and the next run builds',
    async (signal) => {
      const ended = once(child, 'exit');
      child.kill(signal);
      expect((await ended)[1]).toBe(signal);
      expect(await waitUntil(() => existsSync(join(sandbox.directory, 'asked')), 50_000)).toBe(true);
      expect(cached().sort()).toEqual(['lock', 'unfinished']);
      sandbox.go();
      mirrorOf(await ensure());
      expect(cached()).toHaveLength(1);
    },
  );

  test('by SIGKILL: the next run builds', async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    sandbox.go();
    mirrorOf(await ensure());
    expect(cached()).toHaveLength(1);
  });
});

describe('the cache', () => {
  test('its key follows every byte of every file, and the version of Go', async () => {
    sandbox.go();
    const [one, other] = ['one', 'other'].map((name) => join(sandbox.directory, name)) as [string, string];
    writeFileSync(one, 'a');
    writeFileSync(other, 'b');
    const key = await contentKey([one, other]);
    expect(key).toMatch(/^[0-9a-f]{16}$/);
    expect(await contentKey([one, other])).toBe(key);
    writeFileSync(other, 'c');
    const changed = await contentKey([one, other]);
    sandbox.go({ version: 'go1.99.1' });
    expect(new Set([key, changed, await contentKey([one, other])]).size).toBe(3);
  });

  test('a place where nothing can be written is named', () => {
    writeFileSync(join(sandbox.directory, 'cache'), 'a file, not a folder');
    expect(() => cacheFolder('aws-provider')).toThrow(/^cannot write in .*aws-provider \(ENOTDIR\): .*XDG_CACHE_HOME/);
  });

  test('too little room is said before a build', () => {
    expect(() => requireRoom('the AWS provider', sandbox.directory, 1e9)).toThrow(
      /^building the AWS provider takes up to 1000000000 GiB of disk and .* has [\d.]+: make room/,
    );
    requireRoom('nothing', sandbox.directory, 0);
  });
});
