import { type Finding, notice, opening } from '../finding';
import { isWeaker, limitsWho, shutsOutOthers } from './conditions';
import { Matcher, matches, TooLong } from './match';
import { type Names, said, type Said, type Statement, takesIn, texts } from './statements';
import { trustedProviders } from './trust';

export { policiesIn, statementsIn } from './statements';

/** How many of a policy's grants are named: the rest is counted. */
const mostGrants = 5;
/** How many are told apart at all: a policy that AWS takes has fewer. */
const mostTold = 2_000;

/** Where a policy holds. */
export interface Place {
  /** Whether `Principal: *` in it means everybody who can reach the network of the owner, not the world. */
  readonly private?: boolean;
  /** The owner's account, where it is known. */
  readonly account?: string;
}

/** What a policy opens, allows or no longer denies that it did not before. */
export function policyFindings(
  before: readonly Statement[] | undefined,
  after: readonly Statement[],
  place: Place = {},
): Finding[] {
  if (after.length === 0 && (before ?? []).length === 0) return [];
  const [old, fresh] = [meant(before ?? [], place), meant(after, place)];
  const opened = place.private === true ? [] : short(added(old, fresh, openToAnyone)).map(opening);
  const trusted = trustedProviders(after);
  const had = trustedProviders(before ?? []).map(({ text }) => text);
  const doors = trusted
    .filter(({ text }) => !had.includes(text))
    .map(({ world, text }) => (world ? opening(text) : notice(text)));
  return [
    ...opened,
    ...doors,
    ...short(before === undefined ? wideGrants(fresh, place) : widened(old, fresh)).map(notice),
  ];
}

/** What a policy lets anybody in the world do, as sentences. */
export function openings(statements: readonly Statement[], place: Place = {}): string[] {
  return place.private === true ? [] : openToAnyone(meant(statements, place));
}

function meant(statements: readonly Statement[], place: Place): Said[] {
  return statements.map(said).filter((statement) => !isDefault(statement, place));
}

/**
 * What AWS itself puts into the policy of a new resource: the owner's own account, which then decides with IAM (KMS, SQS),
 * the owner's account in another word (SNS), whoever can mount it (EFS), everything for the owner's network (VPC endpoints).
 */
function isDefault(statement: Said, { account, private: isPrivate = false }: Place): boolean {
  const { allows, principals, actions, resources, tests, sid } = statement;
  if (!allows || actions.allBut || principals.allBut) return false;
  if (isPrivate && forAnyone(principals) && actions.names.includes('*') && resources.names.includes('*')) return true;
  const roots = principals.names.map((name) => /^arn:[\w-]+:iam::(\d{12}):root$/.exec(name)?.[1] ?? name);
  const isOwn =
    roots.length === 1 && /^\d{12}$/.test(roots[0] ?? '') && (account === undefined || roots[0] === account);
  if (isOwn && actions.names.every((action) => /^(kms|sqs):\*$/i.test(action))) return true;
  if (sid === '__default_statement_ID' || sid === '__owner_statement') return limitsWho(tests) || isOwn;
  return (
    actions.names.every((action) => /^elasticfilesystem:Client\w+$/i.test(action)) &&
    principals.names.includes('anyone') &&
    limitsWho(tests)
  );
}

function added(
  old: readonly Said[],
  fresh: readonly Said[],
  tell: (statements: readonly Said[]) => string[],
): string[] {
  const had = new Set(tell(old));
  return tell(fresh).filter((text) => !had.has(text));
}

const nobody: Names = { allBut: false, names: [] };

function openToAnyone(statements: readonly Said[]): string[] {
  const open = statements.filter(
    ({ allows, principals, tests }) => allows && forAnyone(principals) && !limitsWho(tests),
  );
  const found = new Set<string>();
  const matcher = new Matcher();
  for (const statement of open) {
    if (isShutOut(matcher, statement, statements)) continue;
    for (const { actions, resources } of taken({ ...statement, principals: nobody })) {
      if (found.size >= mostTold) return [...found];
      found.add(`anyone may ${texts(actions)[0]} on ${texts(resources)[0]}`);
    }
  }
  return [...found];
}

/** `NotPrincipal` with Allow means everybody else. */
function forAnyone({ allBut, names }: Names): boolean {
  return allBut || names.includes('anyone');
}

/** Whether the policy denies to everybody but some what it allows to everybody. */
function isShutOut(matcher: Matcher, open: Said, statements: readonly Said[]): boolean {
  const denials = statements.filter(
    ({ allows, principals, tests }) => !allows && forAll(principals) && shutsOutOthers(tests),
  );
  try {
    return denials.some(
      ({ actions, resources }) =>
        takesIn(matcher, actions, open.actions) && takesIn(matcher, resources, open.resources),
    );
  } catch (error) {
    if (error instanceof TooLong) return false;
    throw error;
  }
}

/** With one of these on every resource, somebody makes himself an administrator; more in AWS's own list of them. */
export const escalating: readonly string[] = [
  'iam:PassRole',
  'iam:CreateAccessKey',
  'iam:CreateLoginProfile',
  'iam:UpdateLoginProfile',
  'iam:CreatePolicyVersion',
  'iam:SetDefaultPolicyVersion',
  'iam:AttachUserPolicy',
  'iam:AttachGroupPolicy',
  'iam:AttachRolePolicy',
  'iam:PutUserPolicy',
  'iam:PutGroupPolicy',
  'iam:PutRolePolicy',
  'iam:AddUserToGroup',
  'iam:UpdateAssumeRolePolicy',
  'sts:AssumeRole',
];

/** Whether a principal belongs to another account than the owner's. */
function isOfAnother(principal: string, account: string): boolean {
  const own = /^\d{12}$/.test(principal) ? principal : principal.split(':')[4];
  return own !== undefined && /^\d{12}$/.test(own) && own !== account;
}

/** What a policy allows that is wide in itself, or to another account: every action, every action of a service, or what makes administrators. */
function wideGrants(statements: readonly Said[], { account }: Place): string[] {
  const wide = statements.flatMap((statement) => {
    if (!statement.allows) return [];
    const { actions, resources, principals } = statement;
    const others = principals.names.filter((name) => account !== undefined && isOfAnother(name, account));
    if (others.length > 0) return [{ ...statement, principals: { allBut: false, names: others } }];
    if (actions.allBut || resources.allBut) return [statement];
    const everywhere = resources.names.some(
      (name) => /^\*+$/.test(name) || /^arn:[\w*-]+:iam::[\d*]*:(\*|\w+\/\*)$/.test(name),
    );
    const names = actions.names.filter(
      (action) =>
        /^([\w*-]+:)?[*?]+$/.test(action) ||
        /^[^:]*[*?]/.test(action) ||
        (everywhere && statement.tests.length === 0 && escalating.some((one) => matches(action, one))),
    );
    return names.length === 0 ? [] : [{ ...statement, actions: { allBut: false, names } }];
  });
  return grantTexts(wide, []);
}

function widened(old: readonly Said[], fresh: readonly Said[]): string[] {
  const matcher = new Matcher();
  try {
    const more = grantTexts(
      fresh.filter(({ allows }) => allows),
      old.filter(({ allows }) => allows),
      matcher,
    );
    const denials = fresh.filter(({ allows }) => !allows);
    // A Deny made wider denies all that it did.
    const undenied = old.filter((deny) => !deny.allows && !areCovered(matcher, deny, denials));
    return [...more, ...undenied.map(({ sid }) => `no longer denies what ${sid ?? 'a statement'} denied`)];
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    return ['the policy is too long to compare with what it was: read both'];
  }
}

/** What statements allow that others do not, as sentences. */
function grantTexts(statements: readonly Said[], had: readonly Said[], matcher = new Matcher()): string[] {
  const found: string[] = [];
  for (const statement of statements) {
    if (had.some((other) => covers(matcher, other, statement))) continue;
    for (const atom of taken(statement)) {
      if (found.length >= mostTold) return found;
      if (!had.some((other) => covers(matcher, other, atom))) found.push(sentence(atom));
    }
  }
  return found;
}

/** A statement taken apart: one action, one resource, one principal each. */
function* taken(statement: Said): Generator<Said> {
  const parts = ({ allBut, names }: Names): readonly Names[] =>
    allBut || names.length === 0 ? [{ allBut, names }] : names.map((name) => ({ allBut: false, names: [name] }));
  for (const actions of parts(statement.actions))
    for (const resources of parts(statement.resources))
      for (const principals of parts(statement.principals)) yield { ...statement, actions, resources, principals };
}

/** Whether others together say all that a statement says. */
function areCovered(matcher: Matcher, statement: Said, others: readonly Said[]): boolean {
  if (others.some((other) => covers(matcher, other, statement))) return true;
  for (const atom of taken(statement)) if (!others.some((other) => covers(matcher, other, atom))) return false;
  return true;
}

function sentence({ actions, resources, principals, tests }: Said): string {
  const [who = ''] = principals.allBut ? ['anyone'] : principals.names;
  const [action, resource] = [texts(actions)[0], texts(resources)[0]];
  const conditional = tests.length === 0 ? '' : ' on a condition';
  const administrator = action === '*' && resource === '*' && who === '' ? ', which makes an administrator' : '';
  return `allows ${action} on ${resource}${who === '' ? '' : ` to ${who}`}${conditional}${administrator}`;
}

/** Whether a statement says all that another says. */
function covers(matcher: Matcher, wide: Said, narrow: Said): boolean {
  return (
    takesIn(matcher, wide.actions, narrow.actions) &&
    takesIn(matcher, wide.resources, narrow.resources) &&
    (takesIn(matcher, wide.principals, narrow.principals) || forAll(wide.principals)) &&
    (wide.conditionText === narrow.conditionText || isWeaker(matcher, wide.tests, narrow.tests))
  );
}

const forAll = ({ allBut, names }: Names): boolean => !allBut && names.includes('anyone');

function short(sentences: readonly string[]): string[] {
  const more = sentences.length - mostGrants;
  return more > 1 ? [...sentences.slice(0, mostGrants), `and ${more} more, see the full diff`] : [...sentences];
}
