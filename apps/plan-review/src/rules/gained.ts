import { textsOf } from './texts';

/** Attributes that name a policy which limits, or the resource itself. */
const others = /^(arn|id|permissions_boundary|guardrail_policy_arns|policy)$/;
const policyArn = /^arn:[\w-]+:(iam::(aws|\d*):policy\/|eks::aws:cluster-access-policy\/)/;
const administrators =
  /^(AdministratorAccess|AdministratorAccess-\w+|IAMFullAccess|PowerUserAccess|AmazonEKSClusterAdminPolicy|AWSOrganizationsFullAccess)$/;

/** The managed policies that a change gives to somebody, in whatever attribute, as sentences. */
export function gained(before: unknown, after: unknown): string[] {
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
