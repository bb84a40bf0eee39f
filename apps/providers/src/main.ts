import { action, runProgram, UserError } from '@mlflow-on-aws/command-line';
import { ensureTerraform, readStack, registryAnswers, stacksIn, withSynthesis } from '@mlflow-on-aws/workbench';
import { lockFile } from '@mlflow-on-aws/stacks';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { lockProblems, makeLock, type Required } from './index';

const usage = `npm run providers -- COMMAND

  lock    locks the newest providers that the stacks allow, for Linux and macOS, beside each environment
  check   says what is wrong with the locks that are there
`;

const root = process.cwd();
const registry = 'registry.terraform.io';

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
  return withSynthesis((folder) =>
    stacksIn(folder).map((stack) => {
      const synthesized = readStack<{ terraform: { required_providers: Required } }>(stack, folder);
      return [stack, synthesized.terraform.required_providers] as const;
    }),
  );
}

void runProgram({
  name: 'npm run providers',
  usage,
  commands: { lock: action({ run: lock }), check: action({ run: check }) },
});
