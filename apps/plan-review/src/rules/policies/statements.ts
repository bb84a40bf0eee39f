import { asList, isPolicy, jsonIn } from '../../diff/documents';
import { canonical, isObject } from '../../diff/marks';
import { textsOf } from '../texts';
import { type Test, testsOf } from './conditions';
import type { Matcher } from './match';

/** A statement of a policy, as it is written. */
export type Statement = Readonly<Record<string, unknown>>;

/** Names that a statement gives, or all but those: `Action` or `NotAction`. */
export interface Names {
  readonly allBut: boolean;
  readonly names: readonly string[];
}

/** What a statement says, in a form in which two can be compared. */
export interface Said {
  readonly allows: boolean;
  readonly sid?: string;
  readonly actions: Names;
  readonly resources: Names;
  /** Who; empty in a policy of an identity, which does not name anybody. `anyone` stands for everybody. */
  readonly principals: Names;
  readonly tests: readonly Test[];
  /** The condition as a text: equal texts are equal conditions. */
  readonly conditionText: string;
}

/** Every statement of the policy that a text holds. */
export function statementsIn(value: unknown): Statement[] {
  const document = jsonIn(value);
  return isPolicy(document) ? asList(document.Statement).filter(isObject) : [];
}

/** Every statement of every policy anywhere in the values of a resource: services call the attribute differently. */
export function policiesIn(values: unknown): Statement[] {
  return textsOf(values).flatMap(({ value }) =>
    value.length > 20 && value.includes('"Statement"') ? statementsIn(value) : [],
  );
}

/** What a statement says. */
export function said(statement: Statement): Said {
  return {
    allows: statement.Effect === 'Allow',
    sid: typeof statement.Sid === 'string' ? statement.Sid : undefined,
    actions: named(statement, 'Action'),
    resources: named(statement, 'Resource'),
    principals: principals(statement),
    tests: isObject(statement.Condition) ? testsOf(statement.Condition) : [],
    conditionText: canonical(statement.Condition ?? {}),
  };
}

function named(statement: Statement, key: 'Action' | 'Resource'): Names {
  if (key in statement) return { allBut: false, names: asList(statement[key]).map(String) };
  const except = asList(statement[`Not${key}`]).map(String);
  // A trust policy has no Resource: it speaks of the role itself.
  return except.length === 0 ? { allBut: false, names: ['this'] } : { allBut: true, names: except };
}

function principals(statement: Statement): Names {
  const allBut = 'NotPrincipal' in statement;
  const value = allBut ? statement.NotPrincipal : statement.Principal;
  // "*" is short for { "AWS": "*" }.
  if (value === '*') return { allBut, names: ['anyone'] };
  if (!isObject(value)) return { allBut: false, names: [] };
  const names = Object.entries(value).flatMap(([kind, list]) =>
    asList(list).map((name) => (kind !== 'Service' && isAnyone(String(name)) ? 'anyone' : String(name))),
  );
  return { allBut, names };
}

/** A star, or an ARN of any account at all. */
function isAnyone(name: string): boolean {
  return name === '*' || name.split(':')[4] === '*';
}

/** Names as texts, for sentences. */
export function texts({ allBut, names }: Names): readonly string[] {
  // NotAction and NotResource name what is left out; everything else is meant.
  return allBut ? [`everything but ${names.join(', ')}`] : names;
}

/** Whether some names take in all of others. */
export function takesIn(matcher: Matcher, wide: Names, narrow: Names): boolean {
  if (!wide.allBut && narrow.allBut) return wide.names.some((name) => name === '*' || name === 'anyone');
  if (!wide.allBut) return narrow.names.every((name) => wide.names.some((pattern) => one(matcher, pattern, name)));
  if (narrow.allBut) return wide.names.every((except) => narrow.names.some((pattern) => one(matcher, pattern, except)));
  return narrow.names.every((name) =>
    wide.names.every((except) => !one(matcher, except, name) && !one(matcher, name, except)),
  );
}

function one(matcher: Matcher, pattern: string, name: string): boolean {
  return pattern === 'anyone' || matcher.matches(pattern, name);
}
