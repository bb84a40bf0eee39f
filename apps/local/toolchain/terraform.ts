import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { exclusively } from '../src/lock';
import { asset, cacheDirectory } from '../src/paths';
import type { Report } from '../src/progress';
import { UserError } from '../src/user-error';
import { contentKey } from './content-key';
import { goVersion, runGo } from './go';
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
  if ((await goVersion()) !== undefined) return { binary: await buildOpenTofu(report), kind: 'opentofu' };
  throw new UserError(
    `Terraform ${oldest.join('.')} or later, or OpenTofu, is needed${tooOld.map((text) => ` (${text})`).join('')}: install it from ` +
      'https://developer.hashicorp.com/terraform/install or https://opentofu.org/docs/intro/install, or install Go and OpenTofu is built with it',
  );
}

async function usable(name: string, tooOld: string[]): Promise<Terraform | undefined> {
  const binary = isAbsolute(name)
    ? name
    : (process.env.PATH ?? '')
        .split(delimiter)
        .map((folder) => join(folder, name))
        .find((path) => existsSync(path));
  if (binary === undefined) return undefined;
  const text = await output(binary, ['version'], { ...process.env, CHECKPOINT_DISABLE: '1' });
  const [, kind, major, minor] = /^(Terraform|OpenTofu) v(\d+)\.(\d+)/m.exec(text ?? '') ?? [];
  if (kind === undefined) return undefined;
  if (Number(major) > oldest[0] || (Number(major) === oldest[0] && Number(minor) >= oldest[1])) {
    return { binary, kind: kind === 'Terraform' ? 'terraform' : 'opentofu' };
  }
  tooOld.push(`${binary} is ${major}.${minor}`);
  return undefined;
}

async function buildOpenTofu(report: Report): Promise<string> {
  const source = asset('toolchain', 'opentofu');
  const directory = join(
    cacheDirectory(),
    'opentofu',
    await contentKey([join(source, 'go.mod'), join(source, 'go.sum')]),
  );
  const binary = join(directory, 'tofu');
  if (existsSync(binary)) return binary;
  return exclusively(`${directory}.lock`, report, async () => {
    if (existsSync(binary)) return binary;
    const building = `${directory}.building`;
    rmSync(building, { recursive: true, force: true });
    mkdirSync(building, { recursive: true });
    for (const name of ['go.mod', 'go.sum']) copyFileSync(join(source, name), join(building, name));
    await runGo(report, 'building OpenTofu, once for this machine', building, [
      ...['build', '-trimpath', '-ldflags=-s -w', '-o', 'tofu', 'github.com/opentofu/opentofu/cmd/tofu'],
    ]);
    renameSync(building, directory);
    return binary;
  });
}
