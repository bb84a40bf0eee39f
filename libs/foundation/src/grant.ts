import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import type { Construct } from 'constructs';
import { policyDocument, type PolicyStatement } from './policy-document';

/** A role that may be granted something: a construct that has, or stands for, an IAM role. */
export interface Grantee {
  /** Name of the IAM role. */
  readonly roleName: string;
  /** Where the construct stands in its stack. */
  readonly node: { readonly path: string };
}

/** What is granted. */
export interface Grant {
  /** Id of the policy in the scope; of the second and later roles it begins their ids. */
  readonly id: string;
  /** Name of the policy in the role. */
  readonly name: string;
  /** What the role may do. */
  readonly statements: readonly PolicyStatement[];
}

/**
 * Gives a role a policy, in the scope of what it may use. Every role may be granted the same thing once.
 * @throws Error for a role that has the grant already: a role holds one policy of a name
 */
export function grantTo(scope: Construct, role: Grantee, { id, name, statements }: Grant): IamRolePolicy {
  const granted = scope.node.children.filter(
    (child): child is IamRolePolicy => child instanceof IamRolePolicy && child.nameInput === name,
  );
  if (granted.some(({ roleInput }) => roleInput === role.roleName)) {
    throw new Error(`got a second grant of "${name}" to ${role.node.path}, want one: merge what both allow`);
  }
  return new IamRolePolicy(scope, granted.length === 0 ? id : `${id}-of-${role.node.path.replaceAll('/', '-')}`, {
    name,
    role: role.roleName,
    policy: policyDocument(...statements),
  });
}
