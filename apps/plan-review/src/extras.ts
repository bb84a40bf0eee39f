import type { Extras } from './comment';
import { costChange } from './cost';
import type { PolicyFinding } from './policy-findings';
import type { Review } from './review';

/** What the comment says beside the changes, for every environment whose plan is whole and changes something. */
export function extrasOf(
  { environments, redact }: Review,
  policy: ReadonlyMap<string, readonly PolicyFinding[]> = new Map(),
): Record<string, Extras> {
  return Object.fromEntries(
    environments.flatMap(({ environment, plan, verdict }) =>
      plan === undefined || verdict === 'failed' || verdict === 'nothing'
        ? []
        : [[environment, { cost: costChange(plan, redact), policyFindings: policy.get(environment) }]],
    ),
  );
}
