import { configuredAttributes, endsLife, plannedResources, type Plan, type ResourceChange } from '@mlflow-on-aws/plan';
import { asList } from '../diff/documents';
import { canonical, isContainer, isObject } from '../diff/marks';
import { ingressOf } from './ingress';
import { moving } from './moving';
import { covers } from './networks';

type Values = Readonly<Record<string, unknown>>;

/**
 * The part of what Terraform found changed that somebody changed.
 *
 * The rest is noise of every day: times that AWS moves, null that became empty, and attributes in which AWS repeats what
 * other resources of the same plan say, such as the rules of a security group.
 */
export function driftOf(resource: ResourceChange, plan: Plan): ResourceChange | undefined {
  const { before, after } = resource.change;
  if (endsLife(resource) || !isObject(before) || !isObject(after)) return resource;
  const configured = configuredAttributes(plan, resource.address);
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) =>
      !moving.includes(key) &&
      meaning(before[key]) !== meaning(after[key]) &&
      (configured === undefined || configured.has(key) || isFromElsewhere(resource.type, key, before, after, plan)),
  );
  if (keys.length === 0) return undefined;
  const picked = (values: Values): Values => Object.fromEntries(keys.map((key) => [key, values[key]]));
  return { ...resource, change: { ...resource.change, before: picked(before), after: picked(after) } };
}

/** A value as a text in which everything empty is the same. */
function meaning(value: unknown): string {
  const solid = (inner: unknown): unknown => {
    if (Array.isArray(inner))
      return inner.length === 0 ? null : inner.map(solid).sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
    if (!isObject(inner)) return inner === '' || inner === undefined ? null : inner;
    const entries = Object.entries(inner).map(([key, part]) => [key, solid(part)] as const);
    const full = entries.filter(([, part]) => part !== null);
    return full.length === 0 ? null : Object.fromEntries(full);
  };
  return canonical(isContainer(value) ? solid(value) : (value ?? '') === '' ? null : value);
}

/** Whether an attribute that the source does not set holds something that no resource of the plan put there. */
function isFromElsewhere(type: string, key: string, before: Values, after: Values, plan: Plan): boolean {
  const others = (kind: RegExp, of: string, owner: unknown): Values[] =>
    plannedResources(plan).flatMap(({ type: other, values }) =>
      kind.test(other) && isObject(values) && values[of] === owner ? [values] : [],
    );
  if (type === 'aws_security_group' && key === 'ingress') {
    const rules = plannedResources(plan).flatMap((other) =>
      other.type !== type && isObject(other.values) && other.values.security_group_id === before.id
        ? (ingressOf(other.type, other.values) ?? [])
        : [],
    );
    const known = [...rules, ...(ingressOf(type, before) ?? [])];
    return (ingressOf(type, after) ?? []).some((rule) => !known.some((other) => covers(other, rule)));
  }
  if (type === 'aws_iam_role' && key === 'inline_policy') {
    const names = others(/^aws_iam_role_policy$/, 'role', before.id).map(({ name }) => name);
    return asList(after.inline_policy).some((policy) => isObject(policy) && !names.includes(policy.name));
  }
  if (type === 'aws_iam_role' && key === 'managed_policy_arns') {
    const arns = others(/^aws_iam_role_policy_attachment$/, 'role', before.name).map(({ policy_arn }) => policy_arn);
    return asList(after.managed_policy_arns).some(
      (arn) => !arns.includes(arn) && !asList(before.managed_policy_arns).includes(arn),
    );
  }
  return false;
}
