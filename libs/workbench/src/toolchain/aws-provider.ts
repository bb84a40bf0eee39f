import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exclusively } from '../lock';
import { asset } from '../paths';
import type { Report } from '../progress';
import { UserError } from '@mlflow-on-aws/command-line';
import { awsProviderVersion, buildAwsProvider } from './build-aws-provider';
import { cacheFolder, requireRoom } from './cache-folder';
import { contentKey } from './content-key';
import { goVersion } from './go';
import { answers } from './registry';
import { run } from './run';
import type { Terraform } from './terraform';

/** Host names of the registries, which are part of a provider's address. */
const registries: Readonly<Record<Terraform['kind'], string>> = {
  terraform: 'registry.terraform.io',
  opentofu: 'registry.opentofu.org',
};

/**
 * Gets the AWS provider into the cache, once for this machine: from the registry, else built from the Go module proxy.
 * @returns environment variables by which Terraform finds it there, whatever the user's own configuration says
 * @throws UserError when neither is possible
 */
export async function ensureAwsProvider(report: Report, terraform: Terraform): Promise<Record<string, string>> {
  const cache = cacheFolder('aws-provider');
  const downloaded = join(cache, `${awsProviderVersion}-${terraform.kind}-${process.platform}-${process.arch}`);
  const built = join(
    cache,
    await contentKey(
      // What it is built from, and what builds it.
      [
        'toolchain/aws-provider/go.mod',
        'toolchain/aws-provider/go.sum',
        'toolchain/aws-provider/services.txt',
        'src/toolchain/keep-services.ts',
        'src/toolchain/build-aws-provider.ts',
      ].map((name) => asset(name)),
    ),
  );
  const present = () => [downloaded, built].find((directory) => existsSync(directory));

  const directory =
    present() ??
    (await exclusively(join(cache, 'lock'), report, async () => {
      const made = present();
      if (made !== undefined) return made;
      // Only what is finished gets its name: what an interrupted run left here is made anew.
      const unfinished = join(cache, 'unfinished');
      rmSync(unfinished, { recursive: true, force: true });
      mkdirSync(unfinished);
      const why = await download(report, terraform, unfinished);
      if (why !== undefined) await build(report, why, unfinished);
      const finished = why === undefined ? downloaded : built;
      renameSync(unfinished, finished);
      return finished;
    }));
  return pointTerraformTo(directory);
}

/**
 * Takes the provider from the registry, signature checked.
 * @returns why that was not possible, or undefined
 */
async function download(report: Report, terraform: Terraform, directory: string): Promise<string | undefined> {
  const registry = registries[terraform.kind];
  if (!(await answers(registry))) return `${registry} does not answer`;
  const workspace = join(directory, 'workspace');
  mkdirSync(workspace);
  const config = join(workspace, 'terraform.tfrc');
  writeFileSync(config, 'provider_installation {\n  direct {}\n}\n');
  writeFileSync(
    join(workspace, 'main.tf.json'),
    JSON.stringify({
      terraform: { required_providers: { aws: { source: 'hashicorp/aws', version: awsProviderVersion } } },
    }),
  );
  // Of the user's own settings none may change where it comes from or goes to.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TF_')));
  try {
    await run(
      report,
      `downloading the AWS provider ${awsProviderVersion} from ${registry}`,
      terraform.binary,
      ['init', '-no-color'],
      {
        cwd: workspace,
        env: { ...env, TF_CLI_CONFIG_FILE: config, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' },
      },
    );
  } catch (error) {
    return (error as Error).message;
  }
  // Terraform keeps what it installs in the layout of a mirror.
  renameSync(join(workspace, '.terraform', 'providers'), join(directory, 'mirror'));
  rmSync(workspace, { recursive: true });
  return undefined;
}

/** Builds the provider, where it cannot be downloaded because of `why`. */
async function build(report: Report, why: string, directory: string): Promise<void> {
  report(why);
  if ((await goVersion()) === undefined) {
    throw new UserError(
      `the AWS provider cannot be downloaded (${why}), and there is no Go to build it with: get online, or install Go from https://go.dev/dl`,
    );
  }
  requireRoom('the AWS provider', directory, 5);
  await buildAwsProvider(report, directory, Object.values(registries));
}

/** Takes providers from a folder and nothing from anywhere else. */
function pointTerraformTo(directory: string): Record<string, string> {
  const file = join(directory, 'terraform.tfrc');
  const mirror = join(directory, 'mirror');
  const quoted = mirror.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  const text = `provider_installation {\n  filesystem_mirror {\n    path = "${quoted}"\n  }\n}\n`;
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    // Another terraform may read it this moment.
    const next = `${file}.${process.pid}`;
    writeFileSync(next, text);
    renameSync(next, file);
  }
  return {
    TF_CLI_CONFIG_FILE: file,
    // cdktf locks providers after every init, and that command does not read the configuration file.
    TF_CLI_ARGS_providers_lock: `-fs-mirror="${quoted}"`,
    // One cache for every checkout of this user, by version alone: two builds of a version would replace each other under running commands.
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: '1',
    // The committed locks are the registry's: apps/stacks leaves them out.
    MLFLOW_ON_AWS_OWN_PROVIDER: '1',
  };
}
