import { action, runProgram, UserError } from '@mlflow-on-aws/command-line';
import { environmentNames } from '@mlflow-on-aws/stacks';
import { Progress, readStack } from '@mlflow-on-aws/workbench';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acceptedIn, compareFindings, type Compared } from './index';

const usage = `npm run policy -- ENVIRONMENT [--plan PLAN.json] [--out FINDINGS.json] [--synthesized FOLDER]

  ENVIRONMENT    such as dev: what its constructs accept is in its stack
  --plan         what \`terraform show -json\` printed (default: cdktf.out/plans/ENVIRONMENT.json)
  --out          where to write what is new, for \`npm run plan-review -- --policy ENVIRONMENT=FINDINGS.json\`
  --synthesized  reads the stack that \`npx cdktf synth\` wrote there, such as cdktf.out (default: synthesizes it anew)
`;

interface Options {
  readonly plan?: string;
  readonly out?: string;
  readonly synthesized?: string;
}

/** Tells which findings of checkov a plan brings that were not there before and that no construct accepts. */
async function policy(environment: string, { out, synthesized, ...options }: Options): Promise<void> {
  const plan = options.plan ?? join('cdktf.out', 'plans', `${environment}.json`);
  const stack = readStack<object>(environment, synthesized);
  readJson(plan, `make it with "npm run plan-review -- plan ${environment}", or name another with --plan`);
  const compared = await new Progress().step(`Policy of ${environment}`, (report) =>
    compareFindings(plan, acceptedIn(stack), join('apps', 'policy', 'requirements.txt'), report),
  );
  if (out !== undefined) writeFileSync(out, `${JSON.stringify(compared.fresh, null, 2)}\n`);
  process.stdout.write(said(environment, compared));
}

function said(environment: string, { fresh, known, accepted }: Compared): string {
  const counts = `${known} were there before, ${accepted} are accepted beside their resource`;
  const lines = fresh.map(({ check, address, wants }) => `  ${check}  ${address}: ${wants}`);
  const heading = `${environment}: ${fresh.length} new ${fresh.length === 1 ? 'finding' : 'findings'}; ${counts}`;
  return `${[heading, ...lines].join('\n')}\n`;
}

function readJson(file: string, hint: string): object {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as object;
  } catch (error) {
    const reason =
      error instanceof SyntaxError ? 'is no JSON' : `cannot be read (${(error as NodeJS.ErrnoException).code})`;
    throw new UserError(`${file}: ${reason}: ${hint}`);
  }
}

void runProgram({
  name: 'npm run policy',
  usage,
  action: action({
    positionals: ['ENVIRONMENT'],
    choices: { ENVIRONMENT: environmentNames },
    options: { plan: { value: 'PLAN.json' }, out: { value: 'FINDINGS.json' }, synthesized: { value: 'FOLDER' } },
    run: ({ positionals: [environment], options }) => policy(environment, options),
  }),
});
