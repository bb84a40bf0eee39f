import { actionOf, type Plan, type ResourceChange } from '@mlflow-on-aws/plan';
import { isObject } from '../diff/marks';

/** Attributes in which a part names what it is a part of. */
const ownerKeys = [
  'bucket',
  'resource_arn',
  'resource_id',
  'file_system_id',
  'source_file_system_id',
  'queue_url',
  'arn',
  'repository',
  'key_id',
  'secret_arn',
  'secret_id',
  'domain_name',
  'backup_vault_name',
  'vault_name',
  'plan_id',
  'vpc_id',
  'subnet_id',
  'cluster_identifier',
  'rest_api_id',
  'vpc_endpoint_id',
  'instance_arn',
  'account_id',
  'load_balancer_arn',
];

/** Whether a resource goes because what it is a part of does: the policy of a bucket with its bucket. */
export function isPartOfWhatEnds({ address, type, change }: ResourceChange, plan: Plan): boolean {
  const owners = new Set(ownersOf(change.before).values());
  return plan.resource_changes.some((other) => {
    const { before } = other.change;
    if (other.address === address || actionOf(other) !== 'destroy' || !isObject(before)) return false;
    // A bucket, a name: others have the same, such as the objects of the bucket. Ids and ARNs are of one resource only.
    const isOwnerType = type.startsWith(`${other.type}_`);
    const names = isOwnerType ? ['id', 'arn', 'url', 'bucket', 'name', 'domain_name', 'key_id'] : ['arn', 'url'];
    return names.some((name) => isName(before[name]) && owners.has(before[name]));
  });
}

/** Whether another resource of the plan takes over what a resource guarded: a move that nobody declared. */
export function isSucceeded({ address, type, change }: ResourceChange, plan: Plan): boolean {
  const owners = ownersOf(change.before);
  return plan.resource_changes.some((other) => {
    if (other.address === address || other.type !== type || actionOf(other) !== 'create') return false;
    const others = ownersOf(other.change.after);
    return [...owners].some(([key, value]) => others.get(key) === value);
  });
}

/** Names by which a resource and its parts are told to belong together. */
const belonging = [
  'bucket',
  'role',
  'user',
  'group',
  'queue_url',
  'repository',
  'key_id',
  'secret_arn',
  'function_name',
  'name',
  'id',
  'arn',
  'url',
];
const byName = new WeakMap<Plan, ReadonlyMap<string, readonly ResourceChange[]>>();

/**
 * Resources of the plan that change or end and belong to the same as a new one: what it says they may have said.
 * Related are types of which one's name goes on where the other's ends, and a type under its two names.
 */
export function predecessorsOf({ address, type, change }: ResourceChange, plan: Plan): readonly ResourceChange[] {
  const found = namesOf(change.after).flatMap((name) => changing(plan).get(name) ?? []);
  const short = (one: string): string => one.replace(/^aws_alb/, 'aws_lb').replace(/s_exclusive$/, '');
  const [own, seen] = [short(type), new Set<ResourceChange>()];
  for (const other of found) {
    const others = short(other.type);
    const related =
      own.startsWith(others) || others.startsWith(own) || /^aws_iam_(\w+_)?policy_attachment$/.test(others);
    if (other.address !== address && related && isSameRegion(change.after, other.change.before)) seen.add(other);
  }
  return [...seen];
}

/** Whether two resources may be in one region: the same name elsewhere is another thing. */
function isSameRegion(one: unknown, other: unknown): boolean {
  const region = (values: unknown): unknown => (isObject(values) ? values.region : undefined);
  const [own, others] = [region(one), region(other)];
  return !isName(own) || !isName(others) || own === others;
}

function changing(plan: Plan): ReadonlyMap<string, readonly ResourceChange[]> {
  const known = byName.get(plan);
  if (known !== undefined) return known;
  const index = new Map<string, ResourceChange[]>();
  for (const resource of plan.resource_changes) {
    if (!['update', 'destroy', 'replace'].includes(actionOf(resource))) continue;
    for (const name of namesOf(resource.change.before)) index.set(name, [...(index.get(name) ?? []), resource]);
  }
  byName.set(plan, index);
  return index;
}

function namesOf(values: unknown): readonly string[] {
  if (!isObject(values)) return [];
  const lists = [values.roles, values.users, values.groups].flatMap((list: unknown) =>
    Array.isArray(list) ? list : [],
  );
  return [...new Set([...belonging.map((key) => values[key]), ...lists].filter(isName))];
}

function ownersOf(values: unknown): ReadonlyMap<string, unknown> {
  if (!isObject(values)) return new Map();
  return new Map(ownerKeys.filter((key) => isName(values[key])).map((key) => [key, values[key]]));
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
