import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { devNull } from 'node:os';
import { basename, delimiter, join, resolve, sep } from 'node:path';
import { exclusively } from '../lock';
import { asset } from '../paths';
import type { Report } from '../progress';
import { UserError } from '@mlflow-on-aws/command-line';
import { cacheFolder, requireRoom } from './cache-folder';
import { contentKey } from './content-key';
import { goBuild, goVersion, runGo } from './go';
import { output } from './output';

/** The program that plans and applies. */
export interface Terraform {
  /** Path of the program. */
  readonly binary: string;
  readonly kind: 'terraform' | 'opentofu';
}

/** Oldest version with S3 lock files and write-only arguments, of both programs. */
const oldest = [1, 11] as const;

/**
 * Finds Terraform or OpenTofu: the one that TERRAFORM_BINARY_NAME names, else one on PATH, else OpenTofu built with Go.
 * @throws UserError when there is none and none can be built
 */
export async function ensureTerraform(report: Report): Promise<Terraform> {
  const named = process.env.TERRAFORM_BINARY_NAME;
  if (named) {
    const found = await usable(named, []);
    if (found) return found;
    throw new UserError(
      `TERRAFORM_BINARY_NAME names "${named}", which is no Terraform or OpenTofu ${oldest.join('.')} or later`,
    );
  }
  const tooOld: string[] = [];
  for (const name of ['terraform', 'tofu']) {
    const found = await usable(name, tooOld);
    if (found) return found;
  }
  if ((await goVersion()) !== undefined) {
    for (const text of tooOld) report(`${text}, which is too old`);
    return { binary: await buildOpenTofu(report), kind: 'opentofu' };
  }
  throw new UserError(
    `Terraform ${oldest.join('.')} or later, or OpenTofu, is needed${tooOld.map((text) => ` (${text})`).join('')}: install it from ` +
      'https://developer.hashicorp.com/terraform/install or https://opentofu.org/docs/intro/install, or install Go and OpenTofu is built with it',
  );
}

async function usable(name: string, tooOld: string[]): Promise<Terraform | undefined> {
  const binary = name.includes(sep)
    ? resolve(name)
    : (process.env.PATH ?? '')
        .split(delimiter)
        .map((folder) => join(folder, name))
        .find((path) => existsSync(path));
  if (binary === undefined) return undefined;
  // A mistake in the user's own configuration file would fail every command, this one too.
  const env = { ...process.env, CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: devNull };
  const text = await output(binary, ['version'], env);
  const [, kind, major, minor] = /^(Terraform|OpenTofu) v(\d+)\.(\d+)/m.exec(text ?? '') ?? [];
  if (kind === undefined) return undefined;
  if (Number(major) > oldest[0] || (Number(major) === oldest[0] && Number(minor) >= oldest[1])) {
    return { binary, kind: kind === 'Terraform' ? 'terraform' : 'opentofu' };
  }
  tooOld.push(`${binary} is ${major}.${minor}`);
  return undefined;
}

async function buildOpenTofu(report: Report): Promise<string> {
  const cache = cacheFolder('opentofu');
  const modules = ['go.mod', 'go.sum'].map((name) => asset('toolchain', 'opentofu', name));
  const directory = join(cache, await contentKey(modules));
  const binary = join(directory, 'tofu');
  if (existsSync(binary)) return binary;
  return exclusively(join(cache, 'lock'), report, async () => {
    if (existsSync(binary)) return binary;
    requireRoom('OpenTofu', cache, 4);
    // Only what is finished gets its name: what an interrupted run left here is made anew.
    const unfinished = join(cache, 'unfinished');
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished);
    for (const file of modules) copyFileSync(file, join(unfinished, basename(file)));
    const program = 'github.com/opentofu/opentofu/cmd/tofu';
    await runGo(report, 'downloading the source of OpenTofu', unfinished, ['list', '-deps', program]);
    await goBuild(report, 'building OpenTofu, once for this machine', unfinished, program, 'tofu');
    renameSync(unfinished, directory);
    return binary;
  });
}
