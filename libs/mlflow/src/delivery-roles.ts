import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import {
  acceptFindings,
  applyRoleName,
  maxSessionSeconds,
  planRoleName,
  policyDocument,
} from '@mlflow-on-aws/foundation';
import { Construct } from 'constructs';
import { applyStatements, planStatements, type DeliveryScope } from './delivery-permissions';
import { subjectsOf, type GitHubRepository } from './github-subjects';

/** Whom the roles of an environment trust, and what they reach. */
export interface DeliveryRolesProps extends DeliveryScope {
  /** Repository whose workflows take the roles on. */
  readonly repository: GitHubRepository;
  /** ARN of the account's OIDC provider for GitHub. */
  readonly oidcProviderArn: string;
}

/** Host name of GitHub's OIDC provider. */
export const gitHubIssuer = 'token.actions.githubusercontent.com';

/** The two IAM roles that GitHub's workflows take on for one environment: one that plans, one that applies. */
export class DeliveryRoles extends Construct {
  /** ARN of the role that plans. */
  public readonly planRoleArn: string;
  /** ARN of the role that applies. */
  public readonly applyRoleArn: string;
  /** The roles by their names, to be adopted where they are there already. */
  public readonly roles: readonly { readonly name: string; readonly role: IamRole }[];

  public constructor(scope: Construct, id: string, props: DeliveryRolesProps) {
    super(scope, id);
    const { environment, repository } = props;
    // Pull requests of the repository itself (those of forks get no token), and the nightly run on the main branch.
    const plan = this.role('plan', planRoleName(environment), `Plans ${environment}`, props, [
      ...subjectsOf(repository, 'pull_request', 'ref:refs/heads/main'),
    ]);
    // Only a job of the GitHub environment, whose rules say who approves it.
    const apply = this.role('apply', applyRoleName(environment), `Deploys ${environment}`, props, [
      ...subjectsOf(repository, `environment:${environment}`),
    ]);
    this.policies('plan', plan, planStatements(props));
    this.policies('apply', apply, applyStatements(props));
    this.planRoleArn = plan.arn;
    this.applyRoleArn = apply.arn;
    this.roles = [
      { name: planRoleName(environment), role: plan },
      { name: applyRoleName(environment), role: apply },
    ];
  }

  private role(
    id: string,
    name: string,
    description: string,
    { oidcProviderArn }: DeliveryRolesProps,
    subjects: readonly string[],
  ): IamRole {
    return new IamRole(this, id, {
      name,
      description: `${description} from GitHub`,
      maxSessionDuration: maxSessionSeconds,
      // Source: GitHub documentation, "Configuring OpenID Connect in Amazon Web Services".
      assumeRolePolicy: policyDocument({
        Sid: 'GitHub',
        Principal: { Federated: oidcProviderArn },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { [`${gitHubIssuer}:aud`]: 'sts.amazonaws.com', [`${gitHubIssuer}:sub`]: subjects },
        },
      }),
    });
  }

  private policies(id: string, role: IamRole, groups: ReturnType<typeof planStatements>): void {
    for (const [name, statements] of Object.entries(groups)) {
      const policy = new IamRolePolicy(this, `${id}-${name}`, {
        name,
        role: role.name,
        policy: policyDocument(...statements),
      });
      if (name === 'read') {
        acceptFindings(policy, {
          CKV_AWS_355: 'Most actions that read settings know no resource, and AWS makes up the names of the others.',
        });
      }
    }
  }
}
