import { UserError } from '@mlflow-on-aws/command-line';
import { ensureTerraform, registryAnswers } from '@mlflow-on-aws/workbench';
import { lockFile } from '@mlflow-on-aws/stacks';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { lockProblems, makeLock, type Required } from './index';

const usage = `npm run providers -- COMMAND

  lock    locks the newest providers that the stacks allow, for Linux and macOS, beside each environment
  check   says what is wrong with the locks that are there
`;

const root = process.cwd();
const registry = 'registry.terraform.io';

async function main([command]: readonly string[]): Promise<void> {
  if (command === 'lock') return lock();
  if (command === 'check') return check();
  throw new UserError(`got "${command ?? ''}", want lock or check\n\n${usage}`);
}

async function lock(): Promise<void> {
  const { binary, kind } = await ensureTerraform((message) => process.stderr.write(`${message}\n`));
  if (kind !== 'terraform')
    throw new UserError(`${binary} is OpenTofu, whose registry is another: locks are Terraform's`);
  if (!(await registryAnswers(registry))) {
    throw new UserError(
      `${registry} does not answer: a lock holds what the registry signed, so it is made where it can be reached`,
    );
  }
  const made = new Map<string, string>();
  for (const [stack, required] of requiredBy()) {
    const key = JSON.stringify(required);
    const text = made.get(key) ?? makeLock(binary, required);
    made.set(key, text);
    writeFileSync(lockFile(root, stack), text);
    process.stdout.write(`${relative(root, lockFile(root, stack))}: ${/version += "(.*)"/.exec(text)?.[1] ?? ''}\n`);
  }
}

function check(): void {
  const problems = requiredBy().flatMap(([stack, required]) => {
    const file = lockFile(root, stack);
    if (!existsSync(file)) {
      process.stdout.write(`${relative(root, file)}: not there, "npm run providers -- lock" makes it\n`);
      return [];
    }
    return lockProblems(readFileSync(file, 'utf8'), required).map((problem) => `${relative(root, file)}: ${problem}`);
  });
  if (problems.length > 0) throw new UserError(problems.join('\n'));
}

/** What every stack requires, as it is synthesized. */
function requiredBy(): readonly (readonly [string, Required])[] {
  const folder = mkdtempSync(join(tmpdir(), 'mlflow-on-aws-synth-'));
  try {
    const { status, stderr } = spawnSync(process.execPath, [join('apps', 'run.mjs'), 'stacks'], {
      env: { ...process.env, CDKTF_OUTDIR: folder },
      encoding: 'utf8',
    });
    if (status !== 0) throw new UserError(stderr.trim());
    return readdirSync(join(folder, 'stacks')).map((stack) => {
      const synthesized = JSON.parse(readFileSync(join(folder, 'stacks', stack, 'cdk.tf.json'), 'utf8'));
      return [stack, synthesized.terraform.required_providers as Required] as const;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error instanceof UserError ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
