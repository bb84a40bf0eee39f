import { createHmac } from 'node:crypto';
import { actionOf, type Change, type Plan, type ResourceChange } from '@mlflow-on-aws/plan';
import { canonical, isObject } from './diff/marks';
import { moving } from './rules/moving';

/**
 * What a plan does, as a short text: two plans with the same one do the same.
 *
 * @param key keeps anybody from guessing sensitive values by trying: the comment with the fingerprint is public
 */
export function fingerprint(plan: Plan, key: string): string {
  const resources = [
    ...plan.resource_changes.map((change) => ({ change, deferred: false })),
    ...plan.deferred_changes.map(({ resource_change: change }) => ({ change, deferred: true })),
  ]
    .filter(({ change }) => does(change))
    .map(({ change, deferred }) => essence(change, deferred))
    .sort();
  const outputs = Object.entries(plan.output_changes)
    .filter(([, change]) => actionOf({ change }) !== 'no-op')
    .map(([name, change]) =>
      canonical([name, change.actions, differences({ it: change.before }, { it: change.after }, change)]),
    )
    .sort();
  // An action does something too, which its address, its trigger and what it is given tell.
  const actions = [...plan.action_invocations, ...plan.deferred_action_invocations].map(canonical).sort();
  return createHmac('sha256', key)
    .update(canonical([resources, outputs, actions]))
    .digest('hex');
}

/** The line of a comment that says which plan of an environment was reviewed. */
export function fingerprintLine(environment: string, plan: Plan, key: string): string {
  return `<!-- mlflow-on-aws:reviewed:${environment}:${fingerprint(plan, key)} -->`;
}

function does(change: ResourceChange): boolean {
  const action = actionOf(change);
  if (action === 'no-op') return change.previous_address !== undefined || Boolean(change.change.importing);
  return action !== 'read';
}

function essence({ address, previous_address, deposed, change }: ResourceChange, deferred: boolean): string {
  const values =
    change.actions.includes('delete') && change.actions.length === 1
      ? []
      : differences(change.before, change.after, change);
  return canonical([
    deferred,
    address,
    previous_address,
    deposed,
    change.actions,
    change.importing?.id,
    change.replace_paths,
    values,
  ]);
}

/** The attributes that change, with what they were: what stays may have moved since without meaning anything. */
function differences(before: unknown, after: unknown, { after_unknown: unknown }: Change): unknown[] {
  const [old, fresh] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
    .sort()
    .filter((key) => !moving.includes(key) && canonical(old[key]) !== canonical(fresh[key]))
    .map((key) => [key, old[key], fresh[key], isObject(unknown) ? unknown[key] : unknown]);
}
