import { Wafv2WebAcl } from '@cdktf/provider-aws/lib/wafv2-web-acl';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association';
import { Construct } from 'constructs';

/** What the firewall stands in front of. */
export interface WebFirewallProps {
  /** Name of the web ACL. */
  readonly name: string;
  /** ARN of the load balancer. */
  readonly loadBalancerArn: string;
}

/**
 * Rules that take what MLflow's own clients send for an attack, and so count instead of refusing.
 * Source: AWS WAF developer guide, "Baseline rule groups", "Core rule set (CRS) managed rule group" and "Known bad inputs".
 */
const countOnly = {
  AWSManagedRulesKnownBadInputsRuleSet: [
    // A body is a model, a notebook or a log: it holds anything, Java's objects too.
    ...['JavaDeserializationRCE_BODY', 'Log4JRCE_BODY'],
    // An artifact is called as its team likes.
    'ExploitablePaths_URIPATH',
  ],
  AWSManagedRulesCommonRuleSet: [
    ...[
      'SizeRestrictions_BODY',
      'CrossSiteScripting_BODY',
      'GenericLFI_BODY',
      'GenericRFI_BODY',
      'EC2MetaDataSSRF_BODY',
    ],
    // `.log`, `.ini`, `.conf`, `.backup`: in the path of an upload, and behind the question mark of `get-artifact?path=`.
    ...['RestrictedExtensions_URIPATH', 'RestrictedExtensions_QUERYARGUMENTS'],
    // The UI asks for the history of a hundred runs at once, by their ids: more than 2,048 characters.
    'SizeRestrictions_QUERYSTRING',
    // An S3 key has up to 1,024 characters, and the API's path comes before it.
    'SizeRestrictions_URIPATH',
    // The session of a sign-on at the load balancer: up to 16 KB, where the rule allows 10.
    'SizeRestrictions_Cookie_HEADER',
  ],
} as const;

/** AWS WAF with AWS's own rules: known attackers, known bad inputs, and the common ones where they fit MLflow. */
export class WebFirewall extends Construct {
  public constructor(scope: Construct, id: string, props: WebFirewallProps) {
    super(scope, id);
    const watched = (metricName: string) => ({
      cloudwatchMetricsEnabled: true,
      metricName,
      sampledRequestsEnabled: true,
    });
    const managed = (priority: number, name: string, counted: readonly string[] = []) => ({
      name,
      priority,
      overrideAction: { none: {} },
      // In Terraform's own words: cdktf has no type for a statement, which may hold others.
      statement: {
        managed_rule_group_statement: {
          name,
          vendor_name: 'AWS',
          rule_action_override: counted.map((rule) => ({ name: rule, action_to_use: { count: {} } })),
        },
      },
      visibilityConfig: watched(name),
    });
    const acl = new Wafv2WebAcl(this, 'web-acl', {
      name: props.name,
      description: 'In front of MLflow',
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      rule: [
        managed(0, 'AWSManagedRulesAmazonIpReputationList'),
        ...Object.entries(countOnly).map(([name, counted], index) => managed(index + 1, name, counted)),
      ],
      visibilityConfig: watched(props.name),
    });
    new Wafv2WebAclAssociation(this, 'association', { resourceArn: props.loadBalancerArn, webAclArn: acl.arn });
  }
}
