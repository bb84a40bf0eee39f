import { asList, jsonIn } from '../diff/documents';
import { canonical, isNothing, isObject } from '../diff/marks';

type Values = Readonly<Record<string, unknown>>;

/** Something that AWS deletes by itself. */
interface Expiry {
  /** What is deleted. */
  readonly what: string;
  /** Which of them: a prefix that names them, and other conditions as a text. */
  readonly prefix: string;
  readonly only: string;
  /** After how much: the fewer, the more is lost. */
  readonly after: number;
  readonly unit: string;
  /** How many of the newest stay all the same. */
  readonly keep?: number;
}

/** What a change makes AWS delete by itself that it did not before, or sooner, as sentences. */
export function newExpiries(type: string, before: unknown, after: unknown): string[] {
  const had = expiries(type, before);
  return expiries(type, after)
    .filter((expiry) => !had.some((old) => includes(old, expiry)))
    .map(({ what, prefix, only, after: amount, unit, keep = 0 }) => {
      const rest = keep === 0 ? '' : `, but for the newest ${keep}`;
      const where = prefix === '' ? '' : ` under ${prefix}`;
      return `${what}${where}${only === '' ? '' : ' (some of them)'} are deleted ${when(amount, unit)}${rest}`;
    });
}

/** Types in which something expires, for the table of rules. */
export const expiring: Readonly<Record<string, (values: Values) => Expiry[]>> = {
  aws_s3_bucket_lifecycle_configuration: (values) => blocks(values.rule).flatMap(objectExpiries),
  aws_s3control_bucket_lifecycle_configuration: (values) => blocks(values.rule).flatMap(objectExpiries),
  aws_s3_bucket: (values) => blocks(values.lifecycle_rule).flatMap(objectExpiries),
  aws_securitylake_data_lake: (values) =>
    blocks(values.configuration)
      .flatMap((configuration) => blocks(configuration.lifecycle_configuration))
      .flatMap(objectExpiries),
  aws_ecr_lifecycle_policy: (values) => imageExpiries(values.policy),
  aws_ecr_repository_creation_template: (values) => imageExpiries(values.lifecycle_policy),
  aws_msk_configuration: (values) => topicExpiries(values.server_properties),
};

function expiries(type: string, values: unknown): Expiry[] {
  return isObject(values) ? (expiring[type]?.(values) ?? []) : [];
}

function objectExpiries(rule: Values): Expiry[] {
  if (rule.status === 'Disabled' || rule.enabled === false) return [];
  const [filter = {}] = blocks(rule.filter);
  const [both = {}] = blocks(filter.and);
  const prefix = [rule.prefix, filter.prefix, both.prefix].find((one) => typeof one === 'string' && one !== '');
  const { tags = rule.tags, ...rest } = { ...filter, ...both };
  const others = Object.entries({ ...rest, tags }).filter(
    ([key, value]) => key !== 'prefix' && key !== 'and' && !isNothing({ value }),
  );
  const which = {
    prefix: String(prefix ?? ''),
    only: others.length === 0 ? '' : canonical(Object.fromEntries(others)),
  };
  const objects = blocks(rule.expiration).flatMap(({ days, date }): Expiry[] => {
    if (typeof days === 'number' && days > 0)
      return [{ what: 'objects of the bucket', ...which, after: days, unit: 'days' }];
    const time = typeof date === 'string' ? Date.parse(date) : Number.NaN;
    return Number.isNaN(time) ? [] : [{ what: 'objects of the bucket', ...which, after: time, unit: 'date' }];
  });
  const versions = blocks(rule.noncurrent_version_expiration).flatMap(
    ({ noncurrent_days, days, newer_noncurrent_versions }): Expiry[] => {
      const after = Number(noncurrent_days ?? days ?? 0);
      return after > 0
        ? [{ what: 'old versions', ...which, after, unit: 'days', keep: Number(newer_noncurrent_versions ?? 0) }]
        : [];
    },
  );
  return [...objects, ...versions];
}

function imageExpiries(policy: unknown): Expiry[] {
  const document = jsonIn(policy);
  if (!isObject(document)) return [];
  return blocks(document.rules).flatMap(({ selection }): Expiry[] => {
    if (!isObject(selection)) return [];
    const { countNumber, countType, tagStatus, ...rest } = selection;
    const byAge = countType !== 'imageCountMoreThan';
    const what = tagStatus === 'untagged' ? 'untagged images' : 'images';
    const others = canonical(Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'countUnit')));
    const only = others === '{}' ? '' : others;
    return [{ what, prefix: '', only, after: Number(countNumber), unit: byAge ? 'days' : 'newer ones' }];
  });
}

function topicExpiries(properties: unknown): Expiry[] {
  return String(properties ?? '')
    .split(/\r?\n/)
    .flatMap((line): Expiry[] => {
      const [, key = '', value = ''] = /^\s*(log\.retention\.[a-z]+)\s*=\s*(-?\d+)\s*$/.exec(line) ?? [];
      if (key === '' || Number(value) < 0) return [];
      return [
        {
          what: 'records of topics',
          prefix: '',
          only: '',
          after: Number(value),
          unit: key.replace('log.retention.', ''),
        },
      ];
    });
}

/** Whether one expiry deletes all that another does, as soon. */
function includes(wide: Expiry, narrow: Expiry): boolean {
  return (
    (wide.what === narrow.what || (wide.what === 'images' && narrow.what === 'untagged images')) &&
    wide.unit === narrow.unit &&
    wide.after <= narrow.after &&
    (wide.keep ?? 0) <= (narrow.keep ?? 0) &&
    narrow.prefix.startsWith(wide.prefix) &&
    (wide.only === '' || wide.only === narrow.only)
  );
}

function when(amount: number, unit: string): string {
  if (unit === 'date') return `on ${new Date(amount).toISOString().slice(0, 10)}`;
  return `after ${amount} ${amount === 1 ? unit.replace(/s$/, '') : unit}`;
}

function blocks(value: unknown): Values[] {
  return asList(value).filter(isObject);
}
