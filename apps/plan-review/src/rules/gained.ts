import { isContainer } from '../diff/marks';

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

function policyArns(value: unknown, key = ''): string[] {
  if (typeof value === 'string') return policyArn.test(value) && !others.test(key) ? [value] : [];
  if (!isContainer(value) || key === 'permissions_boundary') return [];
  return Object.entries(value).flatMap(([name, inner]) => policyArns(inner, Array.isArray(value) ? key : name));
}
