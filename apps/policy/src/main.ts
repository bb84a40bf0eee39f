import { UserError } from '@mlflow-on-aws/command-line';
import { Progress } from '@mlflow-on-aws/workbench';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { acceptedIn, compareFindings, type Compared } from './index';

const usage = `npm run policy -- ENVIRONMENT [--plan PLAN.json] [--out FINDINGS.json]

  ENVIRONMENT  one that \`npx cdktf synth\` wrote, such as dev: what its constructs accept is there
  --plan       what \`terraform show -json\` printed (default: cdktf.out/plans/ENVIRONMENT.json)
  --out        where to write what is new, for \`npm run plan-review -- --policy ENVIRONMENT=FINDINGS.json\``;

/** Tells which findings of checkov a plan brings that were not there before and that no construct accepts. */
async function main(args: readonly string[]): Promise<void> {
  const { environment, plan, out } = readArguments(args);
  const stack = readJson(join('cdktf.out', 'stacks', environment, 'cdk.tf.json'), 'run "npx cdktf synth" first');
  readJson(plan, 'make it with "npm run plan-review -- plan ENVIRONMENT", or name another with --plan');
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

function readArguments(args: readonly string[]): { environment: string; plan: string; out?: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { plan: { type: 'string' }, out: { type: 'string' } },
      allowPositionals: true,
    });
    const [environment, ...more] = positionals;
    if (environment === undefined || more.length > 0)
      throw new Error(
        environment === undefined ? 'no environment named' : `one at a time, got ${positionals.join(' ')}`,
      );
    return { environment, plan: values.plan ?? join('cdktf.out', 'plans', `${environment}.json`), out: values.out };
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n\n${usage}`);
  }
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

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`\n${error instanceof UserError ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
