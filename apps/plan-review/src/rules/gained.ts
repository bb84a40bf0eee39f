import { textsOf } from './texts';

/** Attributes that name a policy which limits, or the resource itself. */
const others = /^(arn|id|permissions_boundary|guardrail_policy_arns|policy)$/;
const policyArn = /^arn:[\w-]+:(iam::(aws|\d*):policy\/|eks::aws:cluster-access-policy\/)/;
const administrators =
  /^(AdministratorAccess|AdministratorAccess-\w+|IAMFullAccess|PowerUserAccess|AmazonEKSClusterAdminPolicy|AWSOrganizationsFullAccess)$/;

/** Names of policies that make administrators, for the table of rules. */
export const administratorPolicies = administrators.source.replace(/[\^$()]/g, '').replaceAll('|', ', ');

/** The managed policies that a change gives to somebody, in whatever attribute, as sentences. */
export function gained(type: string, before: unknown, after: unknown): string[] {
  // A boundary limits, it gives nothing.
  if (type === 'aws_ssoadmin_permissions_boundary_attachment') return [];
  const had = new Set(policyArns(before));
  return [...new Set(policyArns(after))]
    .filter((arn) => !had.has(arn))
    .map((arn) => arn.split('/').pop() ?? arn)
    .map((name) => `gains the policy ${name}${administrators.test(name) ? ', which makes an administrator' : ''}`);
}

function policyArns(values: unknown): string[] {
  return textsOf(values)
    .filter(({ key, value }) => value.startsWith('arn:') && policyArn.test(value) && !others.test(key))
    .map(({ value }) => value);
}
