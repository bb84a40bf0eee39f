import type { ResourceChange } from '@mlflow-on-aws/plan';
import { isObject } from '../../diff/marks';
import { finalCopyOf } from './final-copy';
import types from './types.json';

type Values = Readonly<Record<string, unknown>>;

/** What becomes of the data of a resource that ends. */
export interface Fate {
  /** What is lost; absent for a resource that holds nothing, or whose data is kept. */
  readonly loss?: string;
  /** What a reader should know in spite of that. */
  readonly notices: readonly string[];
}

const lost: Readonly<Record<string, string>> = types.lost;
const perhaps: Readonly<Record<string, string>> = types.perhaps;
const nameSign = new RegExp(types.signs.name);
const attributeSign = new RegExp(types.signs.attribute);

/** Stateful types with what is lost, why they are here, and where that comes from. */
export const statefulTypes = types;

/** What becomes of the data when the resource that a change is about ends. */
export function fateOf({ type, change, deposed }: ResourceChange): Fate {
  const values: Values = isObject(change.before) ? change.before : {};
  const sentence = lost[type];
  if (sentence === undefined) return { notices: doubts(type, values) };
  const kept = keptBy(type, values);
  if (kept !== undefined) return { notices: [`nothing that is stored is lost: ${kept}`] };
  const copy = deposed === undefined ? '' : `a left-over copy (deposed ${deposed}): `;
  return { loss: `${copy}${whatIsLost(type, values, sentence)}${refusedByAws(values)}`, notices: [] };
}

/** What is lost when the resource that a change is about ends; nothing for one that holds nothing or is kept. */
export function lossOf(resource: ResourceChange): string | undefined {
  return fateOf(resource).loss;
}

/** What is said of a type that nobody calls stateful, but that looks so. */
function doubts(type: string, values: Values): string[] {
  if (perhaps[type] !== undefined) return [`what may be lost: ${perhaps[type]}`];
  if (types.nothing.includes(type)) return [];
  const sign =
    Object.keys(values).find((key) => attributeSign.test(key)) ?? (nameSign.test(type) ? 'its name' : undefined);
  return sign === undefined
    ? []
    : [`it may hold data that is lost: ${type} is not among the types judged, and ${sign} says so`];
}

/** Settings with which AWS or the provider keeps what is stored. */
function keptBy(type: string, values: Values): string | undefined {
  if (values.skip_destroy === true) return 'skip_destroy keeps it in AWS, unmanaged';
  if (type === 'aws_ebs_volume' && values.final_snapshot === true) return 'a final snapshot of the volume is taken';
  if (type === 'aws_organizations_account' && values.close_on_deletion === false)
    return 'the account leaves the organisation and stays open';
  if (type === 'aws_sagemaker_domain' && isRetained(values.retention_policy))
    return 'the file system of the home directories stays';
  const source = ['source', 'content', 'content_base64', 'content_wo_version'].find((key) => isSet(values[key]));
  if (source !== undefined && /^aws_s3_(bucket_)?object(_copy)?$/.test(type))
    return `what is in the object came from elsewhere (${source})`;
  const guard = ['force_delete', 'force_destroy'].find((key) => values[key] === false);
  if (guard !== undefined && refusesWhileFull.includes(type))
    return `AWS refuses to delete it as long as something is in it (${guard} is off)`;
  return undefined;
}

const refusesWhileFull = [
  'aws_backup_vault',
  'aws_ecr_repository',
  'aws_ecrpublic_repository',
  'aws_lightsail_bucket',
  'aws_s3_directory_bucket',
  'aws_s3tables_table_bucket',
  'aws_s3vectors_vector_bucket',
];

function isRetained(policy: unknown): boolean {
  const block: unknown = Array.isArray(policy) ? policy[0] : policy;
  return isObject(block) && block.home_efs_file_system === 'Retain';
}

function whatIsLost(type: string, values: Values, sentence: string): string {
  if (type === 'aws_db_instance' && isSet(values.replicate_source_db))
    return 'a read replica; its source keeps the data';
  if (type === 'aws_s3_bucket')
    return values.force_destroy === true
      ? 'every object and every version in the bucket (force_destroy is on)'
      : 'the bucket and what is in it; AWS refuses as long as objects are left (force_destroy is off)';
  if (/^aws_kms_(external_)?key$/.test(type))
    return sentence.replace('is over', `of ${String(values.deletion_window_in_days ?? 30)} days is over`);
  if (type === 'aws_secretsmanager_secret')
    return `${sentence}, ${values.recovery_window_in_days === 0 ? 'at once' : 'after its recovery window'}`;
  return finalCopyOf(type, values, sentence) ?? sentence;
}

const protections = ['deletion_protection', 'deletion_protection_enabled', 'termination_protection_enabled'];

/** The protection that makes AWS refuse the destroy. */
function refusedByAws(values: Values): string {
  const on = protections.find((key) => values[key] === true || values[key] === 'ACTIVE');
  return on === undefined ? '' : `; the apply will fail: ${on} is on`;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
