import { runProgram, UserError } from '@mlflow-on-aws/command-line';
import { PlanError, readPlan } from '@mlflow-on-aws/plan';
import { writeFileSync } from 'node:fs';
import { reviewAction, type Request, usage } from './arguments';
import { commands, commandsUsage } from './commands';
import { renderComment } from './comment';
import { ExceptionsError, readExceptions } from './exceptions';
import { extrasOf } from './extras';
import { readPolicyFindings } from './policy-findings';
import { exitCodes, review, type ReviewInput } from './review';
import { unexpected } from './unexpected';

// Nothing that is thrown anywhere reaches the log with its message: it may quote a value of a plan.
process.on('uncaughtException', (error) => {
  console.error(unexpected(error));
  process.exitCode = 1;
});
void runProgram({
  name: 'npm run -s plan-review',
  usage: `${usage}\n\nwhat the workflows call beside it, as npm run -s plan-review -- COMMAND:\n${commandsUsage}`,
  otherwise: 'review',
  commands: { review: reviewAction(reviewed), ...commands },
  unexpected,
});

function reviewed(request: Request): number {
  const problems: string[] = [];
  const { comment, code } = commentOn(request, problems);
  if (request.out === undefined) process.stdout.write(comment);
  else write(request.out, comment, problems);
  if (problems.length > 0) console.error(problems.join('\n'));
  return problems.length > 0 ? 1 : code;
}

function commentOn(request: Request, problems: string[]): { readonly comment: string; readonly code: number } {
  const { commit } = request;
  try {
    const inputs = request.plans.map(([environment, file]) => inputOf(environment, file, problems));
    const unread: string[] = [];
    const read = <T>(what: string, reader: () => T, otherwise: T): T => {
      try {
        return reader();
      } catch (error) {
        if (!(error instanceof UserError || error instanceof ExceptionsError)) throw error;
        problems.push(error.message);
        unread.push(what);
        return otherwise;
      }
    };
    const { allow } = request;
    const exceptions = read('exceptions', () => (allow === undefined ? [] : readExceptions(allow)), []);
    const policy = [...request.policy].map(
      ([environment, file]) => [environment, read('policy', () => readPolicyFindings(file), undefined)] as const,
    );
    const judged = review(inputs, { exceptions });
    const fingerprintKey = process.env.PLAN_KEY || undefined;
    const extras = extrasOf(judged, new Map(policy.flatMap(([name, found]) => (found ? [[name, found]] : []))));
    return {
      comment: renderComment(judged, { commit, fingerprintKey, extras, unread }),
      code: exitCodes[judged.verdict],
    };
  } catch (error) {
    const failure = unexpected(error);
    problems.push(failure);
    const failed = review(request.plans.map(([environment]) => ({ environment, plan: { failure } })));
    return { comment: renderComment(failed, { commit }), code: 1 };
  }
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
