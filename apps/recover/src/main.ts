import { action, runProgram, UserError } from '@mlflow-on-aws/command-line';
import { environmentNames } from '@mlflow-on-aws/stacks';
import { synthesize } from '@mlflow-on-aws/workbench';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findLost, plannedCreations, type Adoption } from './index';

const usage = `npm run recover -- ENVIRONMENT [--unlock ID] [--auto-approve]

Goes on with a deploy whose Terraform was killed: adopts what it made before its state was written, then applies.
  --unlock ID      takes the lock away that the killed Terraform left; be sure that it does not run any more
  --auto-approve   applies without asking
`;

interface Done {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  readonly unlock?: string;
  readonly 'auto-approve': boolean;
}

function recover(environment: string, { unlock, 'auto-approve': autoApprove }: Options): number {
  const stack = join('cdktf.out', 'stacks', environment);
  synthesize([environment]);
  const program = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
  const run = (...words: readonly string[]): Done => spawned(program, [`-chdir=${stack}`, ...words]);
  const terraform = (...words: readonly string[]): string => {
    const { status, stdout, stderr } = run(...words);
    if (status === 0) return stdout;
    const id = /Error acquiring the state lock/.test(stderr) && /^[\s│]*ID:\s+(\S+)/m.exec(stderr)?.[1];
    if (!id) throw new UserError(`terraform ${words[0]} failed:\n${stderr.trim()}`);
    const who = /Who:\s+(.*)/.exec(stderr)?.[1];
    const since = /Created:\s+(\S+ \S{8})/.exec(stderr)?.[1];
    throw new UserError(
      `the state is locked by ${who} since ${since} UTC. If that Terraform does not run any more:\n` +
        `npm run recover -- ${environment}${autoApprove ? ' --auto-approve' : ''} --unlock ${id}`,
    );
  };

  terraform('init', '-input=false', '-no-color');
  if (unlock !== undefined) terraform('force-unlock', '-force', '-no-color', unlock);

  const imports = join(stack, 'recovered.tf.json');
  try {
    const adopted: Adoption[] = [];
    // What is adopted makes ids known, and by them its parts are found.
    for (;;) {
      writeFileSync(imports, JSON.stringify({ import: adopted }));
      terraform('plan', '-input=false', '-no-color', '-out=recovery.tfplan');
      const plan = JSON.parse(terraform('show', '-json', 'recovery.tfplan'));
      const known = new Set([...idsIn(plan.prior_state), ...adopted.map(({ id }) => id)]);
      const found = findLost(plannedCreations(plan), environment, known, askAws);
      if (found.length === 0) break;
      adopted.push(...found);
    }
    for (const { to, id } of adopted) process.stdout.write(`adopts ${to}: ${id}\n`);
    // Without leave, the plan as Terraform shows it, and its own question.
    const apply = autoApprove ? ['-input=false', '-no-color', 'recovery.tfplan'] : [];
    const { status } = spawnSync(program, [`-chdir=${stack}`, 'apply', ...apply], { stdio: 'inherit' });
    return status ?? 1;
  } finally {
    // A plan holds every secret of its environment.
    for (const file of [imports, join(stack, 'recovery.tfplan')]) rmSync(file, { force: true });
  }
}

function askAws(...args: readonly string[]): unknown {
  const { status, stdout, stderr } = spawned('aws', [...args, '--output', 'json']);
  if (status === 0) return JSON.parse(stdout);
  if (/NotFound|NoSuchEntity/.test(stderr)) return undefined;
  throw new UserError(`aws ${args.slice(0, 2).join(' ')} failed: ${stderr.trim()}`);
}

function spawned(command: string, args: readonly string[]): Done {
  const env = { ...process.env, AWS_PAGER: '', CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' };
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env, maxBuffer: 1 << 30 });
  if (error) throw new UserError(`${command}: ${error.message}`);
  return { status, stdout, stderr };
}

/** Every text in a state: ids and ARNs of what it knows are among them. */
function idsIn(state: unknown): readonly string[] {
  const resources = (state as { values?: { root_module?: { resources?: { mode: string; values: object }[] } } })?.values
    ?.root_module?.resources;
  return (resources ?? [])
    .filter(({ mode }) => mode === 'managed')
    .flatMap(({ values }) => Object.values(values).filter((value) => typeof value === 'string'));
}

void runProgram({
  name: 'npm run recover',
  usage,
  action: action({
    positionals: ['ENVIRONMENT'],
    choices: { ENVIRONMENT: environmentNames },
    options: { unlock: { value: 'ID' }, 'auto-approve': {} },
    run: ({ positionals: [environment], options }) => recover(environment, options),
  }),
});
