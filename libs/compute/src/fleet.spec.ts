import { grantee, statements, Template } from '@mlflow-on-aws/testing';
import { TrackingLoadBalancer, type TrackingLoadBalancerProps } from './load-balancer';
import { ServerFleet, type ServerFleetProps } from './server-fleet';
import { ServerLog } from './server-log';
import { ServerRole } from './server-role';
import { ServerSecret } from './server-secret';
import { ServerSecurityGroup } from './server-security-group';

const role = grantee('server');
const network = { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'] };

const fleet = (balancer: Partial<TrackingLoadBalancerProps> = {}, servers: Partial<ServerFleetProps> = {}) =>
  Template.of((stack) => {
    const securityGroup = new ServerSecurityGroup(stack, 'group', {
      name: 'prod-mlflow',
      vpcId: 'vpc-1',
      region: 'eu-west-1',
      port: 5000,
    });
    new ServerFleet(stack, 'servers', {
      name: 'prod-mlflow',
      network,
      role: new ServerRole(stack, 'role', { name: 'prod-mlflow' }),
      securityGroup,
      loadBalancer: new TrackingLoadBalancer(stack, 'load-balancer', {
        name: 'prod-mlflow',
        network,
        domainName: 'mlflow.example.com',
        hostedZoneId: 'Z0123456789ABCDEFGHIJ',
        trackingCidrs: ['203.0.113.0/24'],
        serverPort: 5000,
        servers: securityGroup,
        idleTimeoutSeconds: 300,
        ...balancer,
      }),
      instanceType: 't4g.small',
      rootVolumeGiB: 8,
      userData: '#!/bin/bash\necho "a quote"\n',
      minCount: 2,
      maxCount: 4,
      requestsPerMinute: 3000,
      tags: { Environment: 'prod' },
      ...servers,
    });
  });

describe('TrackingLoadBalancer', () => {
  it('serves HTTPS and sends HTTP on', () => {
    const listeners = Object.values(fleet().resources('aws_lb_listener'));
    expect(listeners).toHaveLength(2);
    expect(listeners).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          port: 443,
          protocol: 'HTTPS',
          ssl_policy: expect.stringContaining('TLS13-1-2'),
          default_action: [expect.objectContaining({ type: 'forward' })],
        }),
        expect.objectContaining({
          port: 80,
          default_action: [{ type: 'redirect', redirect: { protocol: 'HTTPS', port: '443', status_code: 'HTTP_301' } }],
        }),
      ]),
    );
  });

  it('makes certificate and name in the zone, or takes a certificate and leaves the name to others', () => {
    expect(fleet().resource('aws_acm_certificate')).toMatchObject({
      domain_name: 'mlflow.example.com',
      validation_method: 'DNS',
    });
    expect(Object.values(fleet().resources('aws_route53_record')).map(({ type }) => type)).toContain('A');
    const given = fleet({
      hostedZoneId: undefined,
      certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/1',
    });
    expect(given.resources('aws_acm_certificate')).toEqual({});
    expect(given.resources('aws_route53_record')).toEqual({});
    expect(() => fleet({ hostedZoneId: undefined })).toThrow('want one of them');
  });

  it('asks servers whether they live, not whether the database does: else an outage would replace them all', () => {
    expect(fleet().resource('aws_lb_target_group')).toMatchObject({
      health_check: { path: '/health', matcher: '200' },
    });
  });

  describe('with an identity provider', () => {
    const clientSecretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod-oidc-AbCdEf';
    const tokenClaim = { name: 'aud', format: 'single-string', values: ['mlflow'] } as const;
    const template = fleet({
      identityProvider: {
        issuer: 'https://id.example.com',
        authorizationEndpoint: 'https://id.example.com/authorize',
        tokenEndpoint: 'https://id.example.com/token',
        userInfoEndpoint: 'https://id.example.com/me',
        jwksEndpoint: 'https://id.example.com/keys',
        clientId: 'mlflow',
        clientSecretArn,
        tokenClaim,
      },
    });
    interface SignInRule {
      readonly Priority: number;
      readonly Conditions: readonly [{ readonly PathPatternConfig: { readonly Values: readonly string[] } }];
      readonly Actions: readonly { readonly Type: string; readonly AuthenticateOidcConfig?: Record<string, unknown> }[];
    }
    const stack = JSON.parse(template.resource('aws_cloudformation_stack').template_body as string);
    const rules = Object.values<{ Properties: SignInRule }>(stack.Resources).map(({ Properties }) => Properties);

    it('lets nobody through but by a rule, and each rule asks who it is first', () => {
      const https = Object.values(template.resources('aws_lb_listener')).find(({ port }) => port === 443);
      expect(https?.default_action).toEqual([
        { type: 'fixed-response', fixed_response: { content_type: 'text/plain', status_code: '401' } },
      ]);
      expect(template.resource('aws_lb_listener_rule')).toMatchObject({
        condition: [{ http_header: { http_header_name: 'Authorization', values: ['Bearer *'] } }],
        action: [
          { order: 1, type: 'jwt-validation', jwt_validation: { additional_claim: [tokenClaim] } },
          { order: 2, type: 'forward' },
        ],
      });
      for (const { Actions } of rules) {
        expect(Actions.map(({ Type }) => Type)).toEqual(['authenticate-oidc', 'forward']);
        expect(Actions[0]?.AuthenticateOidcConfig?.OnUnauthenticatedRequest).toMatch(/^(authenticate|deny)$/);
      }
    });

    it('sends pages to sign in, and tells what asks for data that it may not', () => {
      const [api, pages] = [...rules].sort((a, b) => a.Priority - b.Priority);
      expect(pages?.Conditions[0].PathPatternConfig.Values).toEqual(['/*']);
      expect(pages?.Actions[0]?.AuthenticateOidcConfig?.OnUnauthenticatedRequest).toBe('authenticate');
      expect(api?.Conditions[0].PathPatternConfig.Values).toEqual(expect.arrayContaining(['/api/*', '/ajax-api/*']));
      expect(api?.Actions[0]?.AuthenticateOidcConfig?.OnUnauthenticatedRequest).toBe('deny');
    });

    it('names the client’s secret, and leaves the value to CloudFormation', () => {
      for (const { Actions } of rules) {
        expect(Actions[0]?.AuthenticateOidcConfig?.ClientSecret).toBe(
          `{{resolve:secretsmanager:${clientSecretArn}:SecretString:client_secret}}`,
        );
      }
      expect(template.text).not.toMatch(/"client_secret"|authenticate_oidc/);
    });

    it('lets the load balancer out to the provider, and servers count once a rule leads to them', () => {
      const out = Object.values(template.resources('aws_vpc_security_group_egress_rule'));
      expect(out).toContainEqual(
        expect.objectContaining({ description: 'Identity provider', from_port: 443, cidr_ipv4: '0.0.0.0/0' }),
      );
      expect(String(template.resource('aws_autoscaling_group').depends_on)).toContain('aws_lb_listener_rule');
    });
  });

  it('has a firewall that lets models through', () => {
    expect(fleet().resources('aws_wafv2_web_acl')).toEqual({});
    const rules = fleet({ waf: true }).resource('aws_wafv2_web_acl').rule as {
      statement: { managed_rule_group_statement: { rule_action_override?: { name: string; action_to_use: object }[] } };
    }[];
    const counted = rules.flatMap(({ statement }) => statement.managed_rule_group_statement.rule_action_override ?? []);
    expect(counted).toContainEqual({ name: 'SizeRestrictions_BODY', action_to_use: { count: {} } });
  });
});

describe('ServerFleet', () => {
  it('is Graviton with IMDSv2 and an encrypted volume, tagged where default tags do not reach', () => {
    const template = fleet().resource('aws_launch_template');
    expect(template).toMatchObject({
      metadata_options: { http_tokens: 'required' },
      block_device_mappings: [{ ebs: { encrypted: 'true', volume_type: 'gp3' } }],
      tag_specifications: [
        { resource_type: 'instance', tags: { Environment: 'prod', Name: 'prod-mlflow' } },
        { resource_type: 'volume', tags: { Environment: 'prod', Name: 'prod-mlflow' } },
      ],
    });
    expect(fleet().data('aws_ssm_parameter').name).toMatch(/arm64$/);
  });

  it('waits for healthy servers, replaces them one after the other, and goes back when they are not', () => {
    expect(fleet().resource('aws_autoscaling_group')).toMatchObject({
      health_check_type: 'ELB',
      min_elb_capacity: 2,
      instance_refresh: {
        strategy: 'Rolling',
        preferences: { min_healthy_percentage: 100, max_healthy_percentage: 200, auto_rollback: true },
      },
    });
  });

  it('lets old servers go when the new ones have had the time to boot', () => {
    const { health_check_grace_period: grace, instance_refresh: refresh } = fleet().resource('aws_autoscaling_group');
    const { preferences } = refresh as { preferences: { instance_warmup: string } };
    expect(Number(preferences.instance_warmup)).toBeGreaterThanOrEqual(Number(grace));
  });

  it('asks an update for no exact number of healthy servers, which a group that was scaled out never has', () => {
    // Source: AWS provider, internal/service/autoscaling/group.go, "On update all targets are specific".
    expect(fleet().resource('aws_autoscaling_group')).not.toHaveProperty('wait_for_elb_capacity');
  });

  it('says what its servers do without CPU credits, unless their type earns none', () => {
    const credits = (instanceType: string) =>
      fleet({}, { instanceType }).resource('aws_launch_template').credit_specification;
    expect(credits('t4g.small')).toEqual({ cpu_credits: 'unlimited' });
    expect(credits('m7g.large')).toBeUndefined();
  });

  it('lets the plan say that the zone is another one, or one that validates nothing', () => {
    const conditions = (balancer: Partial<TrackingLoadBalancerProps>) =>
      (
        fleet(balancer).data('aws_route53_zone').lifecycle as {
          postcondition: { condition: string; error_message: string }[];
        }
      ).postcondition;
    expect(conditions({})).toEqual([
      {
        condition: '${endswith(".mlflow.example.com", ".${trimsuffix(self.name, ".")}")}',
        error_message: expect.stringMatching(
          /^loadBalancer\.hostedZoneId: got Z0123456789ABCDEFGHIJ, the zone of \$\{self\.name\}/,
        ),
      },
      { condition: '${!self.private_zone}', error_message: expect.stringContaining('a private zone') },
    ]);
    const certificateArn = 'arn:aws:acm:eu-west-1:123456789012:certificate/1';
    expect(conditions({ certificateArn })).toHaveLength(1);
  });

  it('grows with the requests, and not when it may not grow', () => {
    expect(fleet().resource('aws_autoscaling_policy')).toMatchObject({
      target_tracking_configuration: {
        predefined_metric_specification: { predefined_metric_type: 'ALBRequestCountPerTarget' },
        target_value: 3000,
      },
    });
    expect(fleet({}, { maxCount: 2 }).resources('aws_autoscaling_policy')).toEqual({});
  });
});

test('ServerLog takes what machines write, and how full they are; they can read nothing', () => {
  const template = Template.of((stack) => {
    new ServerLog(stack, 'log', { name: '/prod-mlflow/server', retentionDays: 90 }).grant(role);
  });
  expect(template.resource('aws_cloudwatch_log_group')).toMatchObject({ retention_in_days: 90 });
  const [log, metrics] = statements(template.resource('aws_iam_role_policy').policy);
  expect(log?.Action).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
  for (const arn of log?.Resource as string[]) expect(arn).toMatch(/^\$\{aws_cloudwatch_log_group\.[\w-]+\.arn\}/);
  expect(metrics).toMatchObject({
    Action: 'cloudwatch:PutMetricData',
    Condition: { StringEquals: { 'cloudwatch:namespace': 'MLflow' } },
  });
});

test('ServerSecret is made empty: what is in it is the servers’ alone', () => {
  const template = Template.of(
    (stack) =>
      void new ServerSecret(stack, 'secret', {
        name: 'prod-mlflow-admin',
        description: 'Administrator',
        policyName: 'admin-secret',
        whyNotRotated: 'a test',
      }).grant(role),
  );
  expect(template.resources('aws_secretsmanager_secret_version')).toEqual({});
  expect(template.resource('aws_iam_role_policy').policy).toContain('secretsmanager:PutSecretValue');
});
