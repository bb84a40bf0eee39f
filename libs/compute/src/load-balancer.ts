import { Lb } from '@cdktf/provider-aws/lib/lb';
import { LbListener } from '@cdktf/provider-aws/lib/lb-listener';
import { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { acceptFindings, type NetworkPlacement } from '@mlflow-on-aws/foundation';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { Certificate } from './certificate';
import { lookUpZone } from './hosted-zone';
import { idOf, type ServerSecurityGroup } from './server-security-group';
import { SingleSignOn, type IdentityProvider } from './single-sign-on';
import { WebFirewall } from './web-firewall';

/** How clients reach a fleet of tracking servers. */
export interface TrackingLoadBalancerProps {
  /** Name of the load balancer and its target group; at most 32 characters. */
  readonly name: string;
  /** Subnets of at least two Availability Zones: public ones where it faces the internet. */
  readonly network: NetworkPlacement;
  /** DNS name that clients use. */
  readonly domainName: string;
  /**
   * Route 53 zone to make a certificate and the name in.
   * @default - the certificate is given, and the name is somebody else's to make
   */
  readonly hostedZoneId?: string;
  /**
   * ACM certificate for the name.
   * @default - one is made in the hosted zone
   */
  readonly certificateArn?: string;
  /**
   * Whether its addresses are public, or private ones of its network.
   * @default internet-facing
   */
  readonly scheme?: 'internet-facing' | 'internal';
  /** IPv4 ranges that may reach it. */
  readonly trackingCidrs: readonly string[];
  /** TCP port of the servers. */
  readonly serverPort: number;
  /** Group of the servers, which lets this load balancer in. */
  readonly servers: ServerSecurityGroup;
  /** Seconds until a silent connection is closed. */
  readonly idleTimeoutSeconds: number;
  /**
   * Bucket that takes a line for every request.
   * @default - no access logs
   */
  readonly accessLogs?: { readonly bucketName: string; readonly ready: ITerraformDependable };
  /**
   * OpenID Connect provider that says who may use MLflow.
   * @default - whoever reaches the load balancer reaches the servers
   */
  readonly identityProvider?: IdentityProvider;
  /**
   * AWS's managed rules in front, billed by the month.
   * @default false
   */
  readonly waf?: boolean;
  /**
   * Refuse to delete it.
   * @default false
   */
  readonly protect?: boolean;
}

/** An HTTPS load balancer in front of tracking servers; plain HTTP is sent on to HTTPS. */
export class TrackingLoadBalancer extends Construct {
  /** Last part of the load balancer's ARN, as CloudWatch names it. */
  public readonly arnSuffix: string;
  /** Last part of the target group's ARN, as CloudWatch names it. */
  public readonly targetGroupArnSuffix: string;
  /** ARN of the group that servers register in. */
  public readonly targetGroupArn: string;
  /** DNS name that AWS gave it, to point the domain name at where there is no hosted zone. */
  public readonly dnsName: string;
  /** What must be there before a server can be found healthy. */
  public readonly ready: ITerraformDependable;

  public constructor(scope: Construct, id: string, props: TrackingLoadBalancerProps) {
    super(scope, id);
    const group = new SecurityGroup(this, 'security-group', {
      namePrefix: `${props.name}-load-balancer-`,
      description: 'MLflow load balancer',
      vpcId: props.network.vpcId,
      tags: { Name: `${props.name}-load-balancer` },
      lifecycle: { createBeforeDestroy: true },
    });
    for (const cidr of props.trackingCidrs) {
      for (const [name, port] of [['https', 443] as const, ['http', 80] as const]) {
        new VpcSecurityGroupIngressRule(this, `${name}-from-${idOf(cidr)}`, {
          securityGroupId: group.id,
          description: name === 'https' ? 'MLflow tracking URI' : 'Sent on to HTTPS',
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
          cidrIpv4: cidr,
        });
      }
    }
    props.servers.allowFrom('load-balancer', group.id);

    const balancer = new Lb(this, 'load-balancer', {
      name: props.name,
      loadBalancerType: 'application',
      internal: props.scheme === 'internal',
      subnets: props.network.subnetIds,
      securityGroups: [group.id],
      idleTimeout: props.idleTimeoutSeconds,
      // What no honest client sends. Source: Elastic Load Balancing user guide, "Desync mitigation mode".
      dropInvalidHeaderFields: true,
      desyncMitigationMode: 'strictest',
      enableDeletionProtection: props.protect ?? false,
      accessLogs: props.accessLogs && { bucket: props.accessLogs.bucketName, prefix: 'load-balancer', enabled: true },
      dependsOn: props.accessLogs && [props.accessLogs.ready],
    });
    const targets = new LbTargetGroup(this, 'target-group', {
      name: props.name,
      port: props.serverPort,
      protocol: 'HTTP',
      vpcId: props.network.vpcId,
      targetType: 'instance',
      // A server that goes finishes what it has: MLflow's own grace is 25 s, an upload may take longer.
      deregistrationDelay: '60',
      loadBalancingAlgorithmType: 'least_outstanding_requests',
      // Liveness: a database that is away for a minute must not make AWS replace every server.
      healthCheck: {
        path: '/health',
        matcher: '200',
        interval: 10,
        timeout: 5,
        healthyThreshold: 2,
        unhealthyThreshold: 3,
      },
    });
    const certificateArn =
      props.certificateArn ??
      new Certificate(this, 'certificate', {
        domainName: props.domainName,
        hostedZoneId: required(props.hostedZoneId),
      }).arn;
    const https = new LbListener(this, 'https', {
      loadBalancerArn: balancer.arn,
      port: 443,
      protocol: 'HTTPS',
      // TLS 1.2 and 1.3. Source: Elastic Load Balancing user guide, "Security policies for your Application Load Balancer".
      sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      certificateArn,
      defaultAction: [
        props.identityProvider
          ? // What no rule of the sign-on takes goes nowhere.
            { type: 'fixed-response', fixedResponse: { contentType: 'text/plain', statusCode: '401' } }
          : { type: 'forward', targetGroupArn: targets.arn },
      ],
    });
    this.ready = https;
    if (props.identityProvider) {
      acceptFindings(targets, {
        CKV_AWS_378: 'TLS ends at the load balancer; the group of the servers lets nobody else in.',
      });
      this.ready = new SingleSignOn(this, 'sign-on', {
        name: `${props.name}-sign-on`,
        listenerArn: https.arn,
        targetGroupArn: targets.arn,
        securityGroupId: group.id,
        provider: props.identityProvider,
      }).ready;
    }
    new LbListener(this, 'http', {
      loadBalancerArn: balancer.arn,
      port: 80,
      protocol: 'HTTP',
      defaultAction: [{ type: 'redirect', redirect: { protocol: 'HTTPS', port: '443', statusCode: 'HTTP_301' } }],
    });
    if (props.hostedZoneId !== undefined) {
      lookUpZone(this, 'zone', {
        zoneId: props.hostedZoneId,
        domainName: props.domainName,
        validates: props.certificateArn === undefined,
      });
      new Route53Record(this, 'name', {
        zoneId: props.hostedZoneId,
        name: props.domainName,
        type: 'A',
        alias: { name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true },
      });
    }
    if (props.waf) {
      new WebFirewall(this, 'waf', { name: props.name, loadBalancerArn: balancer.arn });
    } else {
      acceptFindings(balancer, { CKV2_AWS_28: 'A web firewall is billed by the month: `loadBalancer.waf` adds one.' });
    }

    this.arnSuffix = balancer.arnSuffix;
    this.targetGroupArnSuffix = targets.arnSuffix;
    this.targetGroupArn = targets.arn;
    this.dnsName = balancer.dnsName;
  }
}

function required(hostedZoneId: string | undefined): string {
  if (hostedZoneId !== undefined) return hostedZoneId;
  throw new Error('got neither hostedZoneId nor certificateArn, want one of them');
}
