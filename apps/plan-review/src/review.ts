import {
  actionOf,
  type Action,
  endsLife,
  hasChanges,
  type Plan,
  type Redact,
  redactorOf,
  type ResourceChange,
} from '@mlflow-on-aws/plan';
import { type Answer, answer, type PlanException } from './exceptions';
import { driftOf } from './rules/drift';
import type { Finding } from './rules/security';
import { findingsWithoutSecrets, lossWithoutSecrets } from './without-secrets';

/** One environment to review: its plan, or why there is none. */
export interface ReviewInput {
  readonly environment: string;
  readonly plan: Plan | { readonly failure: string };
}

/** What a person decides with: from nothing to look at, to a plan that must not be applied. */
export type Verdict = 'nothing' | 'changes' | 'refused' | 'failed';

/** The exit code of each verdict. */
export const exitCodes: Readonly<Record<Verdict, number>> = { nothing: 0, failed: 1, changes: 2, refused: 3 };

/** A change with what the rules say of it. */
export interface ReviewedChange {
  readonly resource: ResourceChange;
  readonly action: Action;
  /** What is lost, when a resource that holds state is destroyed or replaced. */
  readonly loss?: string;
  readonly findings: readonly Finding[];
  /** What the exceptions say, when the change needs one. */
  readonly answer?: Answer;
  /** Why Terraform leaves the change to a later plan. */
  readonly deferred?: string;
}

/** The review of one environment. */
export interface EnvironmentReview {
  readonly environment: string;
  readonly verdict: Verdict;
  readonly plan?: Plan;
  /** Why there is no plan, or why it is only a part of one. */
  readonly failure?: string;
  readonly changes: readonly ReviewedChange[];
  readonly drift: readonly ReviewedChange[];
}

/** The review of all environments of a pull request. */
export interface Review {
  readonly verdict: Verdict;
  readonly environments: readonly EnvironmentReview[];
  /** Exceptions that nothing in these plans needs. */
  readonly unused: readonly PlanException[];
  /** Hides the secrets of every plan: one environment's must not show in another's either. */
  readonly redact: Redact;
}

/** Settings of a review. */
export interface ReviewOptions {
  /**
   * Refused changes that may happen.
   * @default - none
   */
  readonly exceptions?: readonly PlanException[];
  /**
   * The day on which exceptions count or are over.
   * @default - today
   */
  readonly now?: Date;
}

/** Judges plans: what they do, what that means, and whether it may happen. */
export function review(
  inputs: readonly ReviewInput[],
  { exceptions = [], now = new Date() }: ReviewOptions = {},
): Review {
  const redact = redactorOf(...inputs.flatMap(({ plan }) => ('failure' in plan ? [] : [plan])));
  const environments = inputs.map((input) => reviewEnvironment(input, exceptions, now, redact));
  const used = new Set(
    environments.flatMap(({ changes }) =>
      changes.flatMap((change) =>
        change.answer && change.answer.state !== 'unlisted' ? [change.answer.exception] : [],
      ),
    ),
  );
  return {
    verdict: worst(environments.map(({ verdict }) => verdict)),
    environments,
    unused: exceptions.filter((exception) => !used.has(exception)),
    redact,
  };
}

function reviewEnvironment(
  input: ReviewInput,
  exceptions: readonly PlanException[],
  now: Date,
  redact: Redact,
): EnvironmentReview {
  const { environment, plan } = input;
  if ('failure' in plan) {
    return { environment, verdict: 'failed', failure: plan.failure, changes: [], drift: [] };
  }
  const judge = (resource: ResourceChange, deferred?: string): ReviewedChange => {
    const loss = endsLife(resource) ? lossWithoutSecrets(resource, redact) : undefined;
    const findings = findingsWithoutSecrets(resource, plan, redact);
    const refusable = loss !== undefined || findings.some(({ kind }) => kind === 'opening');
    return {
      resource,
      action: actionOf(resource),
      loss,
      findings,
      answer: refusable ? answer(exceptions, environment, resource.address, now) : undefined,
      deferred,
    };
  };
  const changes = [
    ...plan.resource_changes.map((resource) => judge(resource)),
    ...plan.deferred_changes.map(({ reason, resource_change }) => judge(resource_change, reason)),
  ];
  const refused = changes.some((change) => change.answer !== undefined && change.answer.state !== 'allowed');
  const failure = plan.errored
    ? 'Terraform met an error: what follows is only the part it had planned until then'
    : undefined;
  return {
    environment,
    verdict: failure ? 'failed' : refused ? 'refused' : hasChanges(plan) ? 'changes' : 'nothing',
    plan,
    failure,
    changes,
    drift: plan.resource_drift
      .flatMap((resource) => driftOf(resource, plan) ?? [])
      .map((resource) => ({
        resource,
        action: actionOf(resource),
        findings: findingsWithoutSecrets(resource, plan, redact),
      })),
  };
}

function worst(verdicts: readonly Verdict[]): Verdict {
  // A plan that is missing says nothing about what it would do: it weighs more than one that is refused.
  const order: readonly Verdict[] = ['failed', 'refused', 'changes', 'nothing'];
  return order.find((verdict) => verdicts.includes(verdict)) ?? 'nothing';
}
