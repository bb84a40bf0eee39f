import { UserError } from '@mlflow-on-aws/command-line';
import { PlanError, readPlan } from '@mlflow-on-aws/plan';
import type { Request } from './arguments';
import { renderComment } from './comment';
import { ExceptionsError, readExceptions } from './exceptions';
import { extrasOf } from './extras';
import { readPolicyFindings } from './policy-findings';
import { exitCodes, review, type ReviewInput } from './review';
import { unexpected } from './unexpected';

/** What a review of files gives. */
export interface Reviewed {
  /** The comment: also when something was wrong, so that no older one stands for it. */
  readonly comment: string;
  readonly code: number;
  /** What was wrong with what was given, a sentence each. */
  readonly problems: string[];
}

/** Reviews the plans of a request; nothing that is wrong with one of them is thrown. */
export function reviewFiles(request: Request): Reviewed {
  const { commit } = request;
  const problems: string[] = [];
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
      problems,
    };
  } catch (error) {
    const failure = unexpected(error);
    problems.push(failure);
    const failed = review(request.plans.map(([environment]) => ({ environment, plan: { failure } })));
    return { comment: renderComment(failed, { commit }), code: 1, problems };
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
