import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { EnvHttpProxyAgent, request } from 'undici';
import { exclusively } from '../src/lock';
import { asset, cacheDirectory } from '../src/paths';
import type { Report } from '../src/progress';
import { UserError } from '../src/user-error';
import { contentKey } from './content-key';
import { goVersion, runGo } from './go';
import { output } from './output';
import { keepServices } from './keep-services';
import type { Terraform } from './terraform';

/** The version that go.mod stands for, and that is asked of the registry. */
export const awsProviderVersion = '6.34.0';

/** Host names of the registries, which are part of a provider's address. */
const registries: Readonly<Record<Terraform['kind'], string>> = {
  terraform: 'registry.terraform.io',
  opentofu: 'registry.opentofu.org',
};

/** Disk that a build takes: source, modules, objects and the program. */
const buildGiB = 5;

/**
 * Gets the AWS provider into the cache, once for this machine: from the registry, else built from the Go module proxy.
 * @returns environment variables by which Terraform finds it there
 * @throws UserError when neither is possible
 */
export async function ensureAwsProvider(report: Report, terraform: Terraform): Promise<Record<string, string>> {
  const base = join(cacheDirectory(), 'aws-provider');
  mkdirSync(base, { recursive: true });
  const downloaded = join(base, `${awsProviderVersion}-${terraform.kind}-${process.platform}-${process.arch}`);
  if (existsSync(downloaded)) return pointTerraformTo(downloaded);
  const source = asset('toolchain', 'aws-provider');
  const built = join(base, await contentKey(['go.mod', 'go.sum', 'services.txt'].map((name) => join(source, name))));
  if (existsSync(built)) return pointTerraformTo(built);

  return exclusively(join(base, 'lock'), report, async () => {
    if (existsSync(built)) return pointTerraformTo(built);
    if (await answers(registries[terraform.kind])) await download(report, terraform, downloaded);
    else await build(report, source, built);
    return pointTerraformTo(existsSync(built) ? built : downloaded);
  });
}

async function answers(registry: string): Promise<boolean> {
  try {
    const { statusCode } = await request(`https://${registry}/.well-known/terraform.json`, {
      dispatcher: new EnvHttpProxyAgent({ connect: { timeout: 4_000 } }),
      headersTimeout: 4_000,
    });
    return statusCode === 200;
  } catch {
    return false;
  }
}

/** Copies the provider from the registry: the deploy itself speaks to the emulated AWS only. */
async function download(report: Report, terraform: Terraform, directory: string): Promise<void> {
  report(`downloading the AWS provider ${awsProviderVersion} from ${registries[terraform.kind]}`);
  const unfinished = `${directory}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(
    join(unfinished, 'main.tf.json'),
    JSON.stringify({
      terraform: { required_providers: { aws: { source: 'hashicorp/aws', version: awsProviderVersion } } },
    }),
  );
  const done = await output(terraform.binary, [
    `-chdir=${unfinished}`,
    'providers',
    'mirror',
    join(unfinished, 'mirror'),
  ]);
  if (done === undefined)
    throw new UserError(`the AWS provider could not be downloaded from ${registries[terraform.kind]}: try again`);
  renameSync(unfinished, directory);
}

async function build(report: Report, source: string, directory: string): Promise<void> {
  if ((await goVersion()) === undefined) {
    throw new UserError(
      'the Terraform registry does not answer, and there is no Go to build the AWS provider with: get online, or install Go from https://go.dev/dl',
    );
  }
  const free = statfsSync(cacheDirectory());
  const freeGiB = (free.bavail * free.bsize) / 1024 ** 3;
  if (freeGiB < buildGiB) {
    throw new UserError(
      `building the AWS provider takes ${buildGiB} GiB of disk in ${cacheDirectory()}, there are ${freeGiB.toFixed(1)}: make room`,
    );
  }
  const building = `${directory}.building`;
  rmSync(building, { recursive: true, force: true });
  const module = JSON.parse(
    await runGo(report, 'the Terraform registry does not answer: downloading the source of the AWS provider', source, [
      ...['mod', 'download', '-json', 'github.com/hashicorp/terraform-provider-aws'],
    ]),
  ) as { Dir: string };
  const tree = join(building, 'source');
  mkdirSync(tree, { recursive: true });
  const left = /\/(website|docs|examples|infrastructure|testdata|test-fixtures)$|_test\.go$/;
  // The module cache is read-only, and so would its copy be.
  cpSync(module.Dir, tree, { recursive: true, mode: 0, filter: (path) => !left.test(path) });
  await makeWritable(tree);
  const kept = keepServices(tree, readFileSync(join(source, 'services.txt'), 'utf8').split('\n').filter(Boolean));
  report(`keeping ${kept.length} of its services`);
  await runGo(report, 'downloading its dependencies', tree, ['mod', 'download']);
  const program = join(building, 'terraform-provider-aws');
  await runGo(report, 'building the AWS provider, once for this machine', tree, [
    'build',
    '-trimpath',
    '-ldflags=-s -w',
    '-o',
    program,
    '.',
  ]);
  for (const registry of Object.values(registries)) {
    const platform = `${process.platform}_${{ x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? process.arch}`;
    const folder = join(building, 'mirror', registry, 'hashicorp', 'aws', awsProviderVersion, platform);
    mkdirSync(folder, { recursive: true });
    linkSync(program, join(folder, `terraform-provider-aws_v${awsProviderVersion}`));
  }
  rmSync(tree, { recursive: true, force: true });
  // Only a finished build gets the name: an interrupted one is made anew.
  renameSync(building, directory);
}

async function makeWritable(tree: string): Promise<void> {
  await output('chmod', ['-R', 'u+w', tree]);
}

/** Takes providers from a folder and nothing from anywhere else. */
function pointTerraformTo(directory: string): Record<string, string> {
  const file = join(directory, 'terraform.tfrc');
  const mirror = join(directory, 'mirror');
  const quoted = mirror.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  writeFileSync(file, `provider_installation {\n  filesystem_mirror {\n    path = "${quoted}"\n  }\n}\n`);
  return {
    TF_CLI_CONFIG_FILE: file,
    // cdktf locks providers after every init, and that command does not read the configuration file.
    TF_CLI_ARGS_providers_lock: `-fs-mirror="${mirror}"`,
  };
}
