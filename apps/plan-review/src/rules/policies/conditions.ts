import { asList } from '../../diff/documents';
import { isObject } from '../../diff/marks';
import { isWholeInternet } from '../networks';
import { type Matcher } from './match';

/** One test of a condition. */
export interface Test {
  /** Operator in small letters, without the quantifier. */
  readonly operator: string;
  readonly quantifier: string;
  readonly key: string;
  readonly values: readonly string[];
}

type Condition = Readonly<Record<string, unknown>>;

/** The tests of a condition, all of which must hold. */
export function testsOf(condition: Condition): Test[] {
  return Object.entries(condition).flatMap(([name, keys]) => {
    const [, quantifier = '', operator = ''] = /^(?:(ForAllValues|ForAnyValue):)?(.*)$/is.exec(name) ?? [];
    if (!isObject(keys)) return [];
    return Object.entries(keys).map(([key, values]) => ({
      operator: operator.toLowerCase(),
      quantifier: quantifier.toLowerCase(),
      key: key.toLowerCase(),
      values: asList(values).map(String),
    }));
  });
}

/** Whether a value names one account. */
const isAccount = (value: string): boolean => /(^|\D)\d{12}(\D|$)/.test(value) || /^\d+$/.test(value);
/** No wildcard, nor the asker's own word for himself, which is true of everybody. */
const isLiteral = (value: string): boolean => value !== '' && !/[*?]|\$\{aws:principal/i.test(value);
/** Whether a value names one organisation, or a part of one. */
const isOrganisation = (value: string): boolean => isLiteral(value.split('/')[0] ?? '');
/** The asker's own: AWS fills it in. */
const ownAccount = /\$\{aws:principal(account|orgid|orgpaths)\}/i;

/** Whether an ARN names one account, or a bucket, whose name is one of its kind in the world. */
function isSomebody(arn: string): boolean {
  const [, , service, , account = '', ...resource] = arn.split(':');
  if (isAccount(account) && isLiteral(account)) return true;
  if (service === 's3' && /^\*?$/.test(account)) return isLiteral(resource.join(':').split('/')[0] ?? '');
  return service === undefined && isAccount(arn);
}

/** Whether addresses are few enough to name somebody: together fewer than an eighth of the internet. */
function areNarrow(cidrs: readonly string[]): boolean {
  const share = (cidr: string): number => 2 ** -Number(cidr.split('/')[1] ?? 32);
  return (
    cidrs.every((cidr) => /^[\da-f.:]+(\/\d+)?$/i.test(cidr) && !isWholeInternet(cidr)) &&
    cidrs.filter((cidr) => !cidr.includes(':')).reduce((sum, cidr) => sum + share(cidr), 0) < 1 / 8
  );
}

const every =
  (test: (value: string) => boolean) =>
  (values: readonly string[]): boolean =>
    values.length > 0 && values.every(test);

/**
 * Keys that say who or from where, with the values that do. What is not here leaves the door open to everybody:
 * TLS, MFA, the service in between (`kms:ViaService`), private addresses (`aws:VpcSourceIp`), a tag of the principal,
 * which anybody gives himself in his own account.
 *
 * From AWS's list of global condition keys and what S3 calls not public, read 2026-11-26:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
const limits: Readonly<Record<string, (values: readonly string[]) => boolean>> = {
  'aws:principalarn': every(isSomebody),
  'aws:sourcearn': every(isSomebody),
  'elasticfilesystem:accesspointarn': every(isSomebody),
  's3:dataaccesspointarn': every(isSomebody),
  'aws:principalaccount': every(
    (value) => (isAccount(value) && isLiteral(value)) || /\$\{aws:resourceaccount\}/i.test(value),
  ),
  'aws:sourceaccount': every((value) => isAccount(value) && isLiteral(value)),
  'aws:sourceowner': every((value) => isAccount(value) && isLiteral(value)),
  'aws:vpceaccount': every((value) => isAccount(value) && isLiteral(value)),
  's3:dataaccesspointaccount': every((value) => isAccount(value) && isLiteral(value)),
  'kms:calleraccount': every((value) => isAccount(value) && isLiteral(value)),
  'aws:principalorgid': every(isOrganisation),
  'aws:sourceorgid': every(isOrganisation),
  'aws:vpceorgid': every(isOrganisation),
  'aws:principalorgpaths': every(isOrganisation),
  'aws:sourceorgpaths': every(isOrganisation),
  'aws:vpceorgpaths': every(isOrganisation),
  // The account of the resource says nothing of who asks, unless it must be the asker's own.
  'aws:resourceaccount': every((value) => ownAccount.test(value)),
  'aws:resourceorgid': every((value) => ownAccount.test(value)),
  'aws:sourcevpc': every(isLiteral),
  'aws:sourcevpcarn': every(isSomebody),
  'aws:sourcevpce': every(isLiteral),
  'aws:sourceip': areNarrow,
  'aws:userid': every((value) => isLiteral(value.split(':')[0] ?? '')),
  'aws:principalisawsservice': every((value) => value === 'true'),
  'aws:principalservicename': every(isLiteral),
  'elasticfilesystem:accessedviamounttarget': every((value) => value === 'true'),
};

/** Condition keys that say who asks, for the table of rules. */
export const limitingKeys: readonly string[] = Object.keys(limits);

/** Operators that want the key to be there and to have one of the values. */
const positive = /^(string(equals|like|equalsignorecase)|arn(equals|like)|ipaddress|bool)$/;
/** The same, turned round: in a Deny they let in only those who have one of the values. */
const negative =
  /^(string(notequals|notlike|notequalsignorecase)|arn(notequals|notlike)|notipaddress|bool)(ifexists)?$/;

/** Whether a condition lets in only some: without this, `Principal: *` is the whole world. */
export function limitsWho(tests: readonly Test[]): boolean {
  return tests.some(
    // ForAllValues is true where the key is absent, as ...IfExists is.
    ({ operator, quantifier, key, values }) =>
      positive.test(operator) && quantifier !== 'forallvalues' && limits[key]?.(values) === true,
  );
}

/** Whether a Deny with this condition shuts out everybody but some. */
export function shutsOutOthers(tests: readonly Test[]): boolean {
  const [test] = tests;
  // Of two tests both must hold for the Deny: it then shuts out fewer.
  if (test === undefined || tests.length > 1 || test.quantifier !== '') return false;
  const values = /^bool/.test(test.operator) ? test.values.map((value) => String(value === 'false')) : test.values;
  return negative.test(test.operator) && limits[test.key]?.(values) === true;
}

/** The values that a condition wants for the keys that match, with any of these operators. */
export function wanted(tests: readonly Test[], key: RegExp): readonly (readonly string[])[] {
  return tests.filter((test) => positive.test(test.operator) && key.test(test.key)).map(({ values }) => values);
}

/** Whether one condition holds wherever another does: each of its tests is there, and not more strict. */
export function isWeaker(matcher: Matcher, weak: readonly Test[], strong: readonly Test[]): boolean {
  return weak.every((test) =>
    strong.some((other) => {
      if (other.operator !== test.operator || other.quantifier !== test.quantifier || other.key !== test.key)
        return false;
      const [few, many] = /not/.test(test.operator) ? [test.values, other.values] : [other.values, test.values];
      return few.every((value) => many.some((pattern) => same(matcher, test.operator, pattern, value)));
    }),
  );
}

function same(matcher: Matcher, operator: string, pattern: string, value: string): boolean {
  return /like|^arn/.test(operator) ? matcher.matches(pattern, value) : matcher.equals(pattern, value);
}
