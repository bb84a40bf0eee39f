import type { Plan, ResourceChange } from './plan';

/** What happens to a resource, one word for Terraform's list of steps. */
export type Action = 'no-op' | 'create' | 'read' | 'update' | 'replace' | 'destroy' | 'forget';

/** The one word for the steps of a change. */
export function actionOf({ change: { actions } }: Pick<ResourceChange, 'change'>): Action {
  const has = (step: string): boolean => actions.some((action) => action === step);
  if (has('create') && (has('delete') || has('forget'))) return 'replace';
  if (has('delete')) return 'destroy';
  return (['create', 'update', 'forget', 'read'] as const).find(has) ?? 'no-op';
}

/** Whether the replacement exists before the old one is destroyed. */
export function createsFirst({ change: { actions } }: Pick<ResourceChange, 'change'>): boolean {
  return actions[0] === 'create' && actions.length > 1;
}

/** Whether a new one is made while the old one stays where it is, and Terraform no longer knows of it. */
export function leavesTheOld({ change: { actions } }: Pick<ResourceChange, 'change'>): boolean {
  return actions.includes('create') && actions.includes('forget');
}

/** Whether a change ends the life of what exists; a forgotten resource lives on, unmanaged. */
export function endsLife({ change: { actions } }: Pick<ResourceChange, 'change'>): boolean {
  return actions.includes('delete');
}

/** Whether applying the plan does anything at all, which is what `terraform plan -detailed-exitcode` says with 2. */
export function hasChanges(plan: Plan): boolean {
  return (
    plan.applyable === true ||
    plan.deferred_changes.length > 0 ||
    plan.action_invocations.length > 0 ||
    plan.deferred_action_invocations.length > 0 ||
    plan.resource_changes.some(
      (change) =>
        actionOf(change) !== 'no-op' || change.previous_address !== undefined || Boolean(change.change.importing),
    ) ||
    Object.values(plan.output_changes).some((change) => actionOf({ change }) !== 'no-op')
  );
}
