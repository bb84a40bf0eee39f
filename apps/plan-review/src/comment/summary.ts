import { actionOf, failedChecks, leavesTheOld, type Plan } from '@mlflow-on-aws/plan';
import type { EnvironmentReview, ReviewedChange } from '../review';

/** What makes a plan less than it seems, whatever it changes: short sentences for its verdict. */
export function caveats({ plan }: EnvironmentReview): string[] {
  if (plan === undefined) return [];
  const failed = failedChecks(plan).length;
  return [
    ...(failed > 0 ? [`**${failed} ${failed === 1 ? 'check fails' : 'checks fail'}**`] : []),
    ...(plan.complete || plan.errored ? [] : [`**not complete**: ${whyNotComplete(plan)}`]),
  ];
}

function whyNotComplete({ deferred_changes, deferred_action_invocations }: Plan): string {
  return deferred_changes.length + deferred_action_invocations.length > 0
    ? 'what is deferred comes in a later plan'
    : 'made for a part of the configuration (-target), the rest may change too';
}

/** What a plan does, in numbers: `3 to add, 1 to replace`. */
export function counts({ plan, changes, drift }: EnvironmentReview): string {
  const number = (matches: (change: ReviewedChange) => boolean): number =>
    changes.filter((change) => change.deferred === undefined && matches(change)).length;
  const outputs = Object.values(plan?.output_changes ?? {}).filter((change) => actionOf({ change }) !== 'no-op').length;
  const parts: [number, string][] = [
    [number(({ action, resource }) => action === 'create' || leavesTheOld(resource)), 'to add'],
    [number(({ action }) => action === 'update'), 'to change'],
    [number(({ action, resource }) => action === 'replace' && !leavesTheOld(resource)), 'to replace'],
    [number(({ action }) => action === 'destroy'), 'to destroy'],
    [number(({ resource }) => Boolean(resource.change.importing)), 'to import'],
    [number(({ resource }) => resource.previous_address !== undefined), 'to move'],
    [number(({ action, resource }) => action === 'forget' || leavesTheOld(resource)), 'to forget'],
    [number(({ action }) => action === 'read'), 'to read during apply'],
    [
      plan?.action_invocations.length ?? 0,
      plan?.action_invocations.length === 1 ? 'action to invoke' : 'actions to invoke',
    ],
    [changes.filter(({ deferred }) => deferred !== undefined).length, 'deferred'],
    [outputs, outputs === 1 ? 'output' : 'outputs'],
  ];
  const said = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const drifted = drift.length > 0 ? [`${drift.length} changed outside Terraform`] : [];
  return [...(said.length > 0 ? said : ['no changes']), ...drifted].join(', ');
}
