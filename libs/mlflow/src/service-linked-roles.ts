import { DataAwsIamRoles } from '@cdktf/provider-aws/lib/data-aws-iam-roles';
import { IamServiceLinkedRole } from '@cdktf/provider-aws/lib/iam-service-linked-role';
import { Construct } from 'constructs';

/** Whose roles they are. */
export interface ServiceLinkedRolesProps {
  /** AWS account, 12 digits. */
  readonly accountId: string;
}

/** An `import` block of Terraform, which cdktf has no words for in a stack of its own making. */
export interface ImportBlock {
  readonly to: string;
  readonly id: string;
  readonly for_each?: string;
}

/**
 * Services that act by a role of their own, and what they call it.
 *
 * The first database of a fresh account fails while RDS is still making its role, and the AWS provider does not try again.
 * Source: IAM user guide, "AWS services that work with IAM", and each service's "Using service-linked roles".
 */
const services = {
  rds: 'AWSServiceRoleForRDS',
  autoscaling: 'AWSServiceRoleForAutoScaling',
  elasticloadbalancing: 'AWSServiceRoleForElasticLoadBalancing',
} as const;

/** The service-linked roles that environments use: made where an account has none yet, otherwise adopted as they are. */
export class ServiceLinkedRoles extends Construct {
  /** Brings those into the state that the account has already: making one again is an error (InvalidInput, "has been taken"). */
  public readonly imports: readonly ImportBlock[];

  public constructor(scope: Construct, id: string, { accountId }: ServiceLinkedRolesProps) {
    super(scope, id);
    const found = new DataAwsIamRoles(this, 'found', { pathPrefix: '/aws-service-role/' });
    this.imports = Object.entries(services).map(([service, name]) => {
      const host = `${service}.amazonaws.com`;
      const role = new IamServiceLinkedRole(this, service, {
        awsServiceName: host,
        lifecycle: {
          // What runs in the account needs it, whoever made that.
          preventDestroy: true,
          // One that AWS made has a description of AWS's and no tags, and stays so.
          ignoreChanges: ['description', 'tags', 'tags_all'],
        },
      });
      return {
        for_each: `\${toset([for name in ${found.fqn}.names : name if name == "${name}"])}`,
        to: `aws_iam_service_linked_role.${role.friendlyUniqueId}`,
        id: `arn:aws:iam::${accountId}:role/aws-service-role/${host}/\${each.key}`,
      };
    });
  }
}
