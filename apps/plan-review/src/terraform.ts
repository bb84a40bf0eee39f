import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '@mlflow-on-aws/command-line';

/** The files of one plan. */
export interface PlanFiles {
  /** What `terraform apply` takes. */
  readonly saved: string;
  /** What `plan-review` reads. */
  readonly json: string;
}

/** Where the plan of an environment is kept. */
export function planFiles(folder: string, environment: string): PlanFiles {
  return { saved: resolve(folder, `${environment}.tfplan`), json: resolve(folder, `${environment}.json`) };
}

/** The folder of a synthesized environment. */
export function stackFolder(root: string, environment: string): string {
  const folder = join(root, 'cdktf.out', 'stacks', environment);
  if (!existsSync(folder)) throw new UserError(`${environment}: not synthesized, run "npx cdktf synth" first`);
  return folder;
}

/** Plans an environment as its synthesized stack and its state say; the plan holds secrets and is readable by its owner only. */
export function makePlan(stack: string, files: PlanFiles): void {
  mkdirSync(resolve(files.saved, '..'), { recursive: true, mode: 0o700 });
  // The locked provider or none: a plan is not the place to take another.
  const locked = existsSync(join(stack, '.terraform.lock.hcl')) ? ['-lockfile=readonly'] : [];
  terraform(stack, 'init', '-input=false', '-no-color', ...locked);
  // Another run may hold the lock for as long as a database takes to be made.
  terraform(stack, 'plan', '-input=false', '-no-color', '-lock-timeout=20m', `-out=${files.saved}`);
  chmodSync(files.saved, 0o600);
  writeFileSync(files.json, terraform(stack, 'show', '-json', files.saved), { mode: 0o600 });
}

/** Applies a saved plan. */
export function applyPlan(stack: string, { saved }: PlanFiles): void {
  if (!existsSync(saved)) throw new UserError(`${saved}: there is no such plan, make it first`);
  terraform(stack, 'apply', '-input=false', '-no-color', '-lock-timeout=20m', saved);
}

/** Runs Terraform; its output goes to the log, except the JSON of a plan. */
function terraform(folder: string, ...args: string[]): string {
  const binary = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
  const json = args.includes('-json');
  const { status, stdout, error } = spawnSync(binary, args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', json ? 'pipe' : 2, 2],
    maxBuffer: 1 << 30,
    env: { ...process.env, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' },
  });
  if (error !== undefined) throw new UserError(`${binary}: ${error.message}`);
  if (status !== 0) throw new UserError(`terraform ${args[0]} failed, see above`);
  return stdout ?? '';
}
