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

function ownersOf(values: unknown): ReadonlyMap<string, unknown> {
  if (!isObject(values)) return new Map();
  return new Map(ownerKeys.filter((key) => isName(values[key])).map((key) => [key, values[key]]));
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
