import { UserError } from '@mlflow-on-aws/command-line';
import { drawArchitecture, type ChangeAction } from '@mlflow-on-aws/drawing';
import { actionOf, readPlan } from '@mlflow-on-aws/plan';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** How the command is called. */
export const usage = `npm run diagram -- STACK [--out FILE.svg] [--plan PLAN.json] [--synthesized FOLDER]

  STACK          a stack that \`npx cdktf synth\` wrote, such as dev
  --out          the picture's file (default: STACK.svg)
  --plan         what \`terraform show -json\` prints: marks what it changes
  --synthesized  where the stacks are (default: cdktf.out)`;

/**
 * Draws a synthesized stack into a file.
 * @returns what to tell the user
 */
export async function diagram(args: readonly string[]): Promise<string> {
  const { stack, out, plan, synthesized } = readArguments(args);
  const { svg, undrawn } = await drawArchitecture(readStack(synthesized, stack), {
    title: `MLflow on AWS: ${stack}`,
    changes: plan === undefined ? undefined : changesOf(plan),
  });
  try {
    mkdirSync(dirname(resolve(out)), { recursive: true });
    writeFileSync(out, svg);
  } catch (error) {
    throw new UserError(`${out}: the picture cannot be written there (${(error as NodeJS.ErrnoException).code})`);
  }
  return undrawn.length === 0
    ? out
    : `${out}\nchanged, but not drawn:\n${undrawn.map((line) => `  ${line}`).join('\n')}`;
}

function readArguments(args: readonly string[]): { stack: string; out: string; plan?: string; synthesized: string } {
  const options = { out: { type: 'string' }, plan: { type: 'string' }, synthesized: { type: 'string' } } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [stack, ...more] = positionals;
    if (stack === undefined || more.length > 0)
      throw new Error(stack === undefined ? 'no stack named' : `one stack at a time, got ${positionals.join(' ')}`);
    return {
      stack,
      out: values.out ?? `${stack}.svg`,
      plan: values.plan,
      synthesized: values.synthesized ?? 'cdktf.out',
    };
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n\n${usage}`);
  }
}

function readStack(synthesized: string, stack: string): unknown {
  const file = join(synthesized, 'stacks', stack, 'cdk.tf.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason =
      error instanceof SyntaxError ? 'is no JSON' : `cannot be read (${(error as NodeJS.ErrnoException).code})`;
    throw new UserError(`${file}: ${reason}. Run \`npx cdktf synth\` first; \`npx cdktf list\` names the stacks.`);
  }
}

function changesOf(file: string): Map<string, ChangeAction> {
  return new Map(
    readPlan(file).resource_changes.flatMap((change): [string, ChangeAction][] => {
      const action = shown[actionOf(change)];
      return change.mode === 'managed' && action !== undefined ? [[change.address, action]] : [];
    }),
  );
}

const shown: Readonly<Record<string, ChangeAction | undefined>> = {
  create: 'create',
  update: 'update',
  destroy: 'delete',
  replace: 'replace',
};
