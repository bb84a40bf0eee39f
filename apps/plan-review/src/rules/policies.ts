import { asList, isPolicy, jsonIn, normalPolicy } from '../diff/documents';
import { canonical, isObject } from '../diff/marks';

/** One thing that a policy allows. */
interface Grant {
  readonly action: string;
  readonly resource: string;
  readonly principal: string;
  readonly condition: string;
}

type Statement = Readonly<Record<string, unknown>>;

/** The policy an attribute holds. */
export function policyIn(value: unknown): Statement[] {
  const document = jsonIn(value);
  return isPolicy(document) ? (normalPolicy(document).Statement as unknown[]).filter(isObject) : [];
}

/** What a policy allows or no longer denies that it did not before, as sentences. */
export function widened(before: readonly Statement[], after: readonly Statement[]): string[] {
  const old = grants(before);
  const more = grants(after).filter((grant) => !old.some((had) => includes(had, grant)));
  const still = new Set(after.filter(({ Effect }) => Effect === 'Deny').map(denial));
  const undenied = before.filter((statement) => statement.Effect === 'Deny' && !still.has(denial(statement)));
  return [
    ...more.map(({ action, resource, principal, condition }) => {
      const who = principal === '' ? '' : ` to ${principal}`;
      return `allows ${action} on ${resource}${who}${condition === '' ? '' : ' on a condition'}`;
    }),
    ...undenied.map(({ Sid }) => `no longer denies what ${typeof Sid === 'string' ? Sid : 'a statement'} denied`),
  ];
}

/** What a policy lets anybody on the internet do, as sentences. */
export function openToAnyone(statements: readonly Statement[]): string[] {
  return grants(statements.filter((statement) => !isLimited(statement.Condition)))
    .filter(({ principal }) => principal === 'anyone')
    .map(({ action, resource }) => `anyone may ${action} on ${resource}`);
}

/** Whether a grant is wide in itself: every action, or every action of a service. */
export function wideGrants(statements: readonly Statement[]): string[] {
  return grants(statements)
    .filter(({ action }) => action.endsWith('*') && /^(\*|[\w-]+:\*|everything)/.test(action))
    .map(({ action, resource }) => `allows ${action} on ${resource}`);
}

function grants(statements: readonly Statement[]): Grant[] {
  return statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap((statement) =>
      named(statement, 'Action').flatMap((action) =>
        named(statement, 'Resource').flatMap((resource) =>
          principals(statement).map((principal) => ({
            action,
            resource,
            principal,
            condition: statement.Condition === undefined ? '' : canonical(statement.Condition),
          })),
        ),
      ),
    );
}

function named(statement: Statement, key: 'Action' | 'Resource'): string[] {
  if (key in statement) return asList(statement[key]).map(String);
  // NotAction and NotResource name what is left out; everything else is meant.
  const except = asList(statement[`Not${key}`]).map(String);
  return except.length === 0 ? ['this'] : [`everything but ${except.join(', ')}`];
}

function principals(statement: Statement): string[] {
  if ('NotPrincipal' in statement) return ['anyone'];
  if (!isObject(statement.Principal)) return [''];
  return Object.entries(statement.Principal).flatMap(([kind, names]) =>
    asList(names).map((name) => (name === '*' && kind !== 'Service' ? 'anyone' : String(name))),
  );
}

/** Condition keys that name who or from where; others, such as TLS, leave the door open to everybody. */
const limiting =
  /^(aws:(principal(arn|account|orgid|orgpaths|tag.*)|sourceaccount|sourcearn|sourceorgid|sourceorgpaths|sourceip|sourcevpc|sourcevpce|vpcsourceip|userid|principalisawsservice)|s3:dataaccesspointaccount|kms:(calleraccount|viaservice)|.*:(sub|aud))$/i;

function isLimited(condition: unknown): boolean {
  if (!isObject(condition)) return false;
  return Object.entries(condition).some(
    ([operator, keys]) =>
      /Equals|Like|IpAddress|Bool/i.test(operator) &&
      !/Not|IfExists$/i.test(operator) &&
      isObject(keys) &&
      Object.entries(keys).some(
        ([key, values]) =>
          limiting.test(key) && !asList(values).some((value) => ['*', '0.0.0.0/0', '::/0'].includes(String(value))),
      ),
  );
}

function includes(wide: Grant, narrow: Grant): boolean {
  return (
    matches(wide.action, narrow.action) &&
    matches(wide.resource, narrow.resource) &&
    (wide.principal === narrow.principal || wide.principal === 'anyone') &&
    (wide.condition === narrow.condition || wide.condition === '')
  );
}

function matches(pattern: string, name: string): boolean {
  if (pattern === name) return true;
  if (!/[*?]/.test(pattern)) return false;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 'is').test(name);
}

function denial({ Sid: _, ...rest }: Statement): string {
  return canonical(rest);
}
