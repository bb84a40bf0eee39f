import { actionOf, type Plan, type ResourceChange } from '@mlflow-on-aws/plan';
import { isMarked, isObject, markOf } from '../diff/marks';
import { ingressOf } from './ingress';
import { covers, ingressText, isWholeInternet } from './networks';
import { openToAnyone, policyIn, wideGrants, widened } from './policies';
import { guardLost, weakened, weakenedParameters } from './protections';

/** What a change means for security. */
export interface Finding {
  /** `opening`: something new is open to the whole internet, which needs an exception; `notice`: worth a look. */
  readonly kind: 'opening' | 'notice';
  readonly text: string;
}

/** What a change of a resource opens, widens or no longer guards. */
export function findingsOf(change: ResourceChange, plan: Plan): Finding[] {
  const action = actionOf(change);
  if (change.mode === 'data' || action === 'no-op' || action === 'forget') return [];
  const known = withKnown(change);
  return [...openings(known, plan).map(opening), ...notices(known, plan).map(notice)];
}

/** A change in which what is known only after apply stays as it was: nothing can be said of it. */
function withKnown(resource: ResourceChange): ResourceChange {
  const { before, after, after_unknown: unknown } = resource.change;
  if (!isObject(after) || !isObject(before) || !isObject(unknown)) return resource;
  const later = Object.keys(unknown).filter((key) => unknown[key] === true && key in before);
  const stays = Object.fromEntries(later.map((key) => [key, before[key]]));
  return { ...resource, change: { ...resource.change, after: { ...after, ...stays } } };
}

const opening = (text: string): Finding => ({ kind: 'opening', text });
const notice = (text: string): Finding => ({ kind: 'notice', text });

function openings(resource: ResourceChange, plan: Plan): string[] {
  const { type, change } = resource;
  const added = (openTo: (values: unknown) => string[]): string[] => {
    const before = new Set(openTo(change.before));
    return openTo(change.after).filter((text) => !before.has(text));
  };
  return [
    ...newIngress(resource)
      .filter(({ source }) => isWholeInternet(source))
      .map((rule) => `lets in the whole internet: ${ingressText(rule)}`),
    ...blockRemoved(resource, plan),
    ...added((values) => policies(values).flatMap(openToAnyone)),
    ...added((values) => publicly(type, values)),
  ];
}

function notices(resource: ResourceChange, plan: Plan): string[] {
  const { type, change } = resource;
  const { before, after } = change;
  if (after === null || after === undefined) {
    const lost = isPart(resource, plan) ? undefined : guardLost(type);
    return lost === undefined ? [] : [lost];
  }
  return [
    ...newIngress(resource)
      .filter(({ source }) => !isWholeInternet(source))
      .map((rule) => `lets in ${ingressText(rule)}`),
    ...policyNotices(before, after),
    ...weakened(type, before, after),
    ...(type === 'aws_db_parameter_group' || type === 'aws_rds_cluster_parameter_group'
      ? weakenedParameters(before, after)
      : []),
    ...attached(type, before, after),
    ...undecided(resource),
  ];
}

function newIngress({ type, change }: ResourceChange): ReturnType<typeof ingressOf> & object {
  const before = ingressOf(type, change.before) ?? [];
  return (ingressOf(type, change.after) ?? []).filter((rule) => !before.some((had) => covers(had, rule)));
}

const blockFlags = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'];

function blockRemoved(resource: ResourceChange, plan: Plan): string[] {
  const { type, change } = resource;
  if (type !== 'aws_s3_bucket_public_access_block' && type !== 'aws_s3_account_public_access_block') return [];
  if (!isObject(change.after)) return isPart(resource, plan) ? [] : ['the public access block is removed'];
  const after = change.after;
  const unknown = change.after_unknown;
  const off = blockFlags.filter(
    (flag) =>
      after[flag] !== true &&
      !isMarked(markOf(unknown, flag)) &&
      !(isObject(change.before) && change.before[flag] !== true),
  );
  return off.length === 0 ? [] : [`the public access block is off: ${off.join(', ')}`];
}

/** Whether a resource of a bucket goes because the bucket itself does. */
function isPart({ type, change }: ResourceChange, plan: Plan): boolean {
  const bucket = isObject(change.before) ? change.before.bucket : undefined;
  if (!type.startsWith('aws_s3_bucket_') || bucket === undefined) return false;
  return plan.resource_changes.some(
    (other) =>
      other.type === 'aws_s3_bucket' &&
      actionOf(other) === 'destroy' &&
      isObject(other.change.before) &&
      other.change.before.bucket === bucket,
  );
}

function publicly(type: string, values: unknown): string[] {
  if (!isObject(values)) return [];
  const texts: string[] = [];
  if (values.publicly_accessible === true) texts.push('gets a public address (publicly_accessible)');
  if (/^aws_s3_bucket(_acl)?$/.test(type) && /^(public-|authenticated-read$)/.test(String(values.acl))) {
    texts.push(`is readable by anyone (acl ${String(values.acl)})`);
  }
  if (
    /global\/(AllUsers|AuthenticatedUsers)/.test(JSON.stringify(values.access_control_policy ?? values.grant ?? ''))
  ) {
    texts.push('is granted to everybody (AllUsers or AuthenticatedUsers)');
  }
  if (type === 'aws_lambda_function_url' && values.authorization_type === 'NONE')
    texts.push('anyone may call the function');
  if (type === 'aws_lambda_permission' && values.principal === '*' && !values.source_arn && !values.source_account) {
    texts.push('anyone may call the function');
  }
  if (/snapshot|ami_launch_permission/.test(type) && (values.group === 'all' || shares(values).includes('all'))) {
    texts.push('is shared with every AWS account');
  }
  return texts;
}

function shares(values: Record<string, unknown>): unknown[] {
  return Array.isArray(values.shared_accounts) ? values.shared_accounts : [];
}

/** Every policy a resource holds: different services call the attribute differently. */
function policies(values: unknown): Record<string, unknown>[][] {
  if (!isObject(values)) return [];
  const inline = Array.isArray(values.inline_policy)
    ? values.inline_policy.filter(isObject).map(({ policy }) => policy)
    : [];
  return [...Object.values(values), ...inline]
    .map((value) => policyIn(value) as Record<string, unknown>[])
    .filter((statements) => statements.length > 0);
}

const mostGrants = 5;

function policyNotices(before: unknown, after: unknown): string[] {
  const [old, fresh] = [policies(before).flat(), policies(after).flat()];
  const texts = isObject(before) ? widened(old, fresh) : wideGrants(fresh);
  const more = texts.length - mostGrants;
  return more > 1 ? [...texts.slice(0, mostGrants), `and ${more} more, see the full diff`] : texts;
}

function attached(type: string, before: unknown, after: unknown): string[] {
  if (!/^aws_iam_(role|user|group)_policy_attachment$/.test(type) || !isObject(after)) return [];
  const policy = after.policy_arn;
  if (typeof policy !== 'string' || (isObject(before) && before.policy_arn === policy)) return [];
  return [`gains the policy ${policy.split('/').pop()}`];
}

/** What decides who gets in, but is known only after apply. */
function undecided({ type, change }: ResourceChange): string[] {
  const deciding = /^aws_security_group_rule$|_ingress_rule$/.test(type)
    ? ['cidr_blocks', 'ipv6_cidr_blocks', 'cidr_ipv4', 'cidr_ipv6']
    : type === 'aws_iam_role'
      ? ['assume_role_policy']
      : /_policy$/.test(type)
        ? ['policy']
        : [];
  return deciding
    .filter((name) => isMarked(markOf(change.after_unknown, name)))
    .map((name) => `${name} is known only after apply: read it in the source`);
}
