import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureAwsProvider, ensureTerraform } from './toolchain';
import { asset, checkout } from './paths';
import { findPostgres } from './postgres';
import type { Progress } from './progress';
import { pythonEnvironment } from './python-environment';

/** Programs and Python environments that a local environment runs on. */
export interface Tools {
  /** Folder of PostgreSQL's programs. */
  readonly postgres: string;
  /** Python environment of the emulated AWS. */
  readonly emulatorPython: string;
  /** Folder of the AWS CLI. */
  readonly awsCli: string;
  /** Python environment of the MLflow server and of the quickstart's client. */
  readonly serverPython: string;
  /** Environment variables by which cdktf finds Terraform, and Terraform the AWS provider. */
  readonly terraform: Readonly<Record<string, string>>;
}

/** Finds, installs or builds what is needed, and notes where it is. */
export async function prepareTools(directory: string, progress: Progress): Promise<Tools> {
  const postgres = await progress.step('Find PostgreSQL', findPostgres);
  const terraform = await progress.step('Find Terraform', (report) => ensureTerraform(report));
  const provider = await progress.step('Get the AWS provider', (report) => ensureAwsProvider(report, terraform));
  const emulatorPython = await progress.step('Prepare the emulated AWS', (report) =>
    pythonEnvironment(asset('emulator', 'requirements.txt'), report),
  );
  const awsCli = await progress.step('Prepare the AWS CLI', (report) =>
    pythonEnvironment(asset('aws-cli', 'requirements.txt'), report),
  );
  const serverPython = await progress.step('Prepare MLflow', (report) =>
    pythonEnvironment(join(checkout, 'libs', 'tracking-server', 'server', 'requirements.txt'), report),
  );
  const tools: Tools = {
    postgres,
    emulatorPython,
    awsCli: join(awsCli, 'bin'),
    serverPython,
    terraform: { TERRAFORM_BINARY_NAME: terraform.binary, ...provider },
  };
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'tools.json'), JSON.stringify(tools, null, 2));
  return tools;
}

/** The tools of the last `up`, or undefined when there was none. */
export function rememberedTools(directory: string): Tools | undefined {
  const file = join(directory, 'tools.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
