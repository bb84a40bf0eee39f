import { writeFileSync } from 'node:fs';
import { PlanError, readPlan } from '@mlflow-on-aws/plan';
import { readArguments, usage } from './arguments';
import { commands } from './commands';
import { renderComment } from './comment';
import { ExceptionsError, type PlanException, readExceptions } from './exceptions';
import { extrasOf } from './extras';
import { type PolicyFinding, readPolicyFindings } from './policy-findings';
import { exitCodes, review, type ReviewInput } from './review';
import { UserError } from '@mlflow-on-aws/command-line';

const more = Object.values(commands)
  .map((command) => `  ${command.usage}`)
  .join('\n');

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});

async function main([name = '', ...args]: readonly string[]): Promise<number> {
  const command = commands[name];
  if (command === undefined) return reviewed(name === '' ? args : [name, ...args]);
  try {
    const said = await command.run(args);
    if (said !== '') console.log(said);
    return 0;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    return 1;
  }
}

function reviewed(args: readonly string[]): number {
  const request = readArguments(args);
  if ('problems' in request) {
    console.error(
      `${request.problems.join('\n')}\n\n${usage}\n\nwhat the workflows call beside it, as npm run -s plan-review -- COMMAND:\n${more}`,
    );
    return 1;
  }
  const problems: string[] = [];
  const exceptions = request.allow === undefined ? [] : exceptionsOf(request.allow, problems);
  const inputs = request.plans.map(([environment, file]) => inputOf(environment, file, problems));
  const judged = review(inputs, { exceptions });
  const comment = renderComment(judged, {
    commit: request.commit,
    fingerprintKey: process.env.PLAN_KEY || undefined,
    extras: extrasOf(judged, policyOf(request.policy, problems)),
  });
  if (request.out === undefined) process.stdout.write(comment);
  else write(request.out, comment, problems);
  if (problems.length > 0) console.error(problems.join('\n'));
  return problems.length > 0 ? 1 : exitCodes[judged.verdict];
}

function write(file: string, comment: string, problems: string[]): void {
  try {
    writeFileSync(file, comment);
  } catch (error) {
    problems.push(`${file}: the comment cannot be written there (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** A plan that cannot be read is one of the verdicts: the comment must say so, and not leave an older one standing. */
function inputOf(environment: string, file: string, problems: string[]): ReviewInput {
  if (file === 'failed') return { environment, plan: { failure: 'no plan could be made, see the log of its job' } };
  try {
    return { environment, plan: readPlan(file) };
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    problems.push(`${environment}: ${error.message}`);
    return { environment, plan: { failure: error.message } };
  }
}

/** What could not be read is said on the side, and the comment is written without it. */
function policyOf(files: ReadonlyMap<string, string>, problems: string[]): Map<string, PolicyFinding[]> {
  const findings = new Map<string, PolicyFinding[]>();
  for (const [environment, file] of files) {
    try {
      findings.set(environment, readPolicyFindings(file));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(error.message);
    }
  }
  return findings;
}

function exceptionsOf(file: string, problems: string[]): PlanException[] {
  try {
    return readExceptions(file);
  } catch (error) {
    if (!(error instanceof ExceptionsError)) throw error;
    problems.push(error.message);
    return [];
  }
}
