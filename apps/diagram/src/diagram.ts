import { action, UserError, type Program } from '@mlflow-on-aws/command-line';
import { drawArchitecture, type ChangeAction } from '@mlflow-on-aws/drawing';
import { actionOf, readPlan } from '@mlflow-on-aws/plan';
import { readStack } from '@mlflow-on-aws/workbench';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const usage = `npm run diagram -- STACK [--out FILE.svg] [--plan PLAN.json] [--synthesized FOLDER]

  STACK          a stack that \`npx cdktf list\` names, such as dev
  --out          the picture's file (default: STACK.svg)
  --plan         what \`terraform show -json\` prints: marks what it changes
  --synthesized  draws the stack that \`npx cdktf synth\` wrote there, such as cdktf.out (default: synthesizes it anew)
`;

/** `npm run diagram`. */
export const program: Program = {
  name: 'npm run diagram',
  usage,
  action: action({
    positionals: ['STACK'],
    options: { out: { value: 'FILE.svg' }, plan: { value: 'PLAN.json' }, synthesized: { value: 'FOLDER' } },
    run: async ({ positionals: [stack], options }) => console.log(await diagram(stack, options)),
  }),
};

/** What is drawn, and where to. */
export interface Drawing {
  /** @default STACK.svg */
  readonly out?: string;
  /** A plan as JSON, whose changes are marked. */
  readonly plan?: string;
  /**
   * Folder with synthesized stacks.
   * @default the stack is synthesized anew
   */
  readonly synthesized?: string;
}

/**
 * Draws a stack into a file.
 * @returns what to tell the user
 * @throws UserError for a stack and for files that are not what they should be
 */
export async function diagram(
  stack: string,
  { out = `${stack}.svg`, plan, synthesized }: Drawing = {},
): Promise<string> {
  const { svg, undrawn } = await drawArchitecture(readStack(stack, synthesized), {
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
