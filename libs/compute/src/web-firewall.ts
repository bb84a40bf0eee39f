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
 * Rules of the common group that look into a body and take what MLflow's clients send, such as models and notebooks, for an attack.
 * Source: AWS WAF developer guide, "Baseline rule groups", "Core rule set (CRS) managed rule group".
 */
const bodyRules = [
  'SizeRestrictions_BODY',
  'CrossSiteScripting_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  'EC2MetaDataSSRF_BODY',
];

/** AWS WAF with AWS's own rules: known attackers, known bad inputs, and the common ones where they fit MLflow. */
export class WebFirewall extends Construct {
  public constructor(scope: Construct, id: string, props: WebFirewallProps) {
    super(scope, id);
    const watched = (metricName: string) => ({
      cloudwatchMetricsEnabled: true,
      metricName,
      sampledRequestsEnabled: true,
    });
    const managed = (priority: number, name: string, countOnly: readonly string[] = []) => ({
      name,
      priority,
      overrideAction: { none: {} },
      // In Terraform's own words: cdktf has no type for a statement, which may hold others.
      statement: {
        managed_rule_group_statement: {
          name,
          vendor_name: 'AWS',
          rule_action_override: countOnly.map((rule) => ({ name: rule, action_to_use: { count: {} } })),
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
        managed(1, 'AWSManagedRulesKnownBadInputsRuleSet'),
        managed(2, 'AWSManagedRulesCommonRuleSet', bodyRules),
      ],
      visibilityConfig: watched(props.name),
    });
    new Wafv2WebAclAssociation(this, 'association', { resourceArn: props.loadBalancerArn, webAclArn: acl.arn });
  }
}
