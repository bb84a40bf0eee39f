import { parseEnvironment, type EnvironmentInput } from '@mlflow-on-aws/config';
import { statements, Template, testApp } from '@mlflow-on-aws/testing';
import { TrackingEnvironment } from './tracking-environment';

const identity = { template: 'free-tier', name: 'dev', accountId: '123456789012', region: 'us-east-1' } as const;

function environment(more: Partial<EnvironmentInput> = {}): Template {
  const parsed = parseEnvironment({ ...identity, ...more }, 'environment.ts');
  return Template.fromStack(new TrackingEnvironment(testApp(), parsed.name, parsed));
}

describe('TrackingEnvironment', () => {
  const dev = environment();

  it('keeps its addresses: a rename would destroy and create', () => {
    expect(dev.addresses()).toMatchSnapshot();
  });

  it('has the tutorial’s names', () => {
    expect(dev.resource('aws_instance').tags).toEqual({ Name: 'mlflow_tracking-server' });
    expect(dev.resource('aws_db_instance')).toMatchObject({
      identifier: 'dev-mlflow-backend-db',
      db_name: 'mlflow_db',
      username: 'mlflow',
      port: 5432,
    });
    expect(dev.resource('aws_s3_bucket').bucket_prefix).toBe('mlflow-artifacts-remote-dev-');
  });

  it('holds no secret: no password anywhere, only the ARN of where RDS keeps it', () => {
    expect(dev.text).not.toMatch(/"(master_)?(user_)?password(_wo)?"/i);
    expect(dev.text).not.toMatch(/secret_string|random_password|AKIA[A-Z0-9]{16}|PRIVATE KEY/);
    expect(dev.resource('aws_instance').user_data).toContain('master_user_secret[0].secret_arn');
  });

  it('lets the server reach its stores and the database nobody else', () => {
    const ingress = Object.values(dev.resources('aws_vpc_security_group_ingress_rule'));
    expect(ingress).toEqual([
      expect.objectContaining({ from_port: 5432, referenced_security_group_id: expect.any(String) }),
    ]);
    const policies = Object.values(dev.resources('aws_iam_role_policy')).map((policy) => policy.name);
    expect(policies.sort()).toEqual([
      'artifacts',
      'backend-store-secret',
      'keys-secret',
      'read-server-bundle',
      'session-manager',
    ]);
  });

  it('grants the server no wildcard but what Session Manager asks for', () => {
    const wildcards = Object.values(dev.resources('aws_iam_role_policy')).flatMap((policy) =>
      statements(policy.policy).filter(
        ({ Action, Resource }) => Resource === '*' || [Action].flat().some((action) => String(action).includes('*')),
      ),
    );
    expect(wildcards.map(({ Sid }) => Sid)).toEqual(['SessionManager']);
  });

  it('is reached by a port forward until a range is named, then by its public DNS name', () => {
    expect(dev.outputs.tracking_uri).toBe('http://localhost:5000');
    const open = environment({ access: { trackingCidrs: ['203.0.113.0/24'] } });
    expect(open.outputs.tracking_uri).toMatch(/^http:\/\/\$\{aws_instance\.\w+\.public_dns\}:5000$/);
    expect(Object.values(open.resources('aws_vpc_security_group_ingress_rule'))).toContainEqual(
      expect.objectContaining({ cidr_ipv4: '203.0.113.0/24', from_port: 5000 }),
    );
  });

  it('puts a port through to rule, server and outputs', () => {
    const template = environment({ server: { port: 8080 }, access: { trackingCidrs: ['203.0.113.0/24'] } });
    expect(template.outputs.tracking_uri).toMatch(/:8080$/);
    expect(template.resource('aws_instance').user_data).toContain('"port": 8080');
    expect(template.text).not.toContain('5000');
  });

  it('sizes the server to machine and database, and lets the environment override it', () => {
    const config = (template: Template) =>
      JSON.parse(
        /<<'MLFLOW_SERVER_CONFIG'\n([\s\S]*?)\nMLFLOW_SERVER_CONFIG/.exec(
          String(template.resource('aws_instance').user_data),
        )?.[1] ?? '',
      );
    const computed = config(dev).sizing;
    expect(computed.workers).toBe(1);
    const overridden = config(environment({ server: { sizing: { poolSize: 7 } } })).sizing;
    expect(overridden).toEqual({ ...computed, poolSize: 7 });
    expect(dev.outputs.server_sizing).toMatch(/^1 worker a server, each with \d+ to \d+ connections in a pool$/);
  });

  it('tells which rights clients need when artifacts do not pass through the server', () => {
    expect(dev.outputs).not.toHaveProperty('artifact_client_policy');
    const direct = environment({ server: { artifactServing: 'direct' } });
    expect(statements(direct.outputs.artifact_client_policy).map(({ Sid }) => Sid)).toEqual([
      'Artifacts',
      'ListArtifacts',
    ]);
    expect(direct.resource('aws_instance').user_data).toContain('"mode": "direct"');
  });

  it('shows its alarms from the first day, and tells somebody once there is an address', () => {
    const alarms = (template: Template) => Object.values(template.resources('aws_cloudwatch_metric_alarm'));
    expect(alarms(dev).length).toBeGreaterThan(5);
    expect(alarms(dev).length).toBeLessThanOrEqual(10); // free
    const told = environment({ observability: { alarmEmail: 'team@example.com', monthlyBudgetUsd: 20 } });
    for (const alarm of alarms(told)) expect(alarm.alarm_actions).toEqual([expect.stringMatching(/aws_sns_topic/)]);
    expect(told.resource('aws_budgets_budget').limit_amount).toBe('20.00');
  });

  it('makes a key pair only from a public key', () => {
    expect(dev.resources('aws_key_pair')).toEqual({});
  });

  const prod = (more: Partial<EnvironmentInput> = {}) =>
    environment({
      ...identity,
      template: 'production',
      name: 'prod',
      access: { trackingCidrs: ['203.0.113.0/24'] },
      loadBalancer: { domainName: 'mlflow.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' },
      ...more,
    });

  it('composes production from the same parts: a fleet behind HTTPS that only the load balancer reaches', () => {
    const template = prod();
    expect(template.resources('aws_instance')).toEqual({});
    expect(template.resource('aws_autoscaling_group')).toMatchObject({
      min_size: 2,
      health_check_type: 'ELB',
      instance_refresh: { strategy: 'Rolling', preferences: { min_healthy_percentage: 100, auto_rollback: true } },
    });
    const byCidr = Object.values(template.resources('aws_vpc_security_group_ingress_rule')).filter(
      (rule) => rule.cidr_ipv4,
    );
    expect(byCidr.map((rule) => [rule.from_port, rule.cidr_ipv4]).sort()).toEqual([
      [443, '203.0.113.0/24'],
      [80, '203.0.113.0/24'],
    ]);
    expect(template.outputs.tracking_uri).toBe('https://mlflow.example.com');
    expect(template.text).toContain('\\"allowedHosts\\": [\\n    \\"mlflow.example.com\\"');
    expect(template.text).not.toMatch(/secret_string|master_password/);
  });

  it('stands behind a load balancer with private addresses where that is wanted', () => {
    const lb = { domainName: 'mlflow.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' };
    const internal = prod({ access: { trackingCidrs: ['10.0.0.0/8'] }, loadBalancer: { ...lb, scheme: 'internal' } });
    expect(internal.resource('aws_lb').internal).toBe(true);
    expect(JSON.stringify(internal.resource('aws_lb').subnets)).toContain('private-subnet');
    expect(prod().resource('aws_lb').internal).toBe(false);
    expect(JSON.stringify(prod().resource('aws_lb').subnets)).toContain('public-subnet');
  });

  it('closes no idle connection before the load balancer does, whatever that waits', () => {
    const lb = { domainName: 'mlflow.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' };
    for (const idleTimeoutSeconds of [121, 300, 4000]) {
      const template = prod({ loadBalancer: { ...lb, idleTimeoutSeconds } });
      const kept = Number(/\\"keepAliveSeconds\\": (\d+)/.exec(template.text)?.[1]);
      expect(kept).toBeGreaterThan(template.resource('aws_lb').idle_timeout as number);
    }
    // MLflow's clients wait 120 seconds for an answer.
    expect(dev.resource('aws_instance').user_data).toContain('"keepAliveSeconds": 130');
  });

  it('has a way in past the load balancer by Session Manager', () => {
    expect(prod().outputs.port_forward_command).toMatch(
      /^aws ssm start-session .* AWS-StartPortForwardingSession .*portNumber=5000,localPortNumber=5000$/,
    );
  });

  it('composes staging as production, but small and destroyable', () => {
    const template = prod({ template: 'staging', name: 'staging', server: { minCount: 1, maxCount: 1 } });
    expect(template.resource('aws_autoscaling_group')).toMatchObject({
      min_size: 1,
      max_size: 1,
      health_check_type: 'ELB',
    });
    expect(template.resource('aws_lb').enable_deletion_protection).toBe(false);
    expect(template.resource('aws_db_instance')).toMatchObject({
      multi_az: false,
      deletion_protection: false,
      skip_final_snapshot: true,
      backup_retention_period: 3,
    });
    expect(template.resource('aws_db_instance').lifecycle).not.toHaveProperty('prevent_destroy');
    for (const bucket of Object.values(template.resources('aws_s3_bucket'))) expect(bucket.force_destroy).toBe(true);
    expect(template.outputs.tracking_uri).toBe('https://mlflow.example.com');
    // The same resources, so that what is rehearsed there is what production does.
    expect(template.addresses()).toEqual(prod({ server: { minCount: 1, maxCount: 1 } }).addresses());
  });

  it('protects production until it is being removed, and takes a snapshot even then', () => {
    expect(prod().resource('aws_db_instance')).toMatchObject({
      deletion_protection: true,
      skip_final_snapshot: false,
      lifecycle: { prevent_destroy: true },
    });
    const removed = prod({ beingRemoved: true });
    expect(removed.resource('aws_db_instance')).toMatchObject({
      deletion_protection: false,
      skip_final_snapshot: false,
    });
    expect(removed.resource('aws_db_instance').lifecycle).not.toHaveProperty('prevent_destroy');
    expect(removed.resource('aws_lb').enable_deletion_protection).toBe(false);
  });

  it('signs on at the load balancer, and then has no users of MLflow’s own', () => {
    const template = prod({
      access: { trackingCidrs: ['203.0.113.0/24'], authentication: 'none' },
      loadBalancer: {
        domainName: 'mlflow.example.com',
        hostedZoneId: 'Z0123456789ABCDEFGHIJ',
        oidc: {
          issuer: 'https://id.example.com',
          authorizationEndpoint: 'https://id.example.com/authorize',
          tokenEndpoint: 'https://id.example.com/token',
          userInfoEndpoint: 'https://id.example.com/me',
          jwksEndpoint: 'https://id.example.com/keys',
          clientId: 'mlflow',
          clientSecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:prod-oidc-AbCdEf',
          tokenClaim: { name: 'aud', format: 'single-string', values: ['mlflow'] },
        },
      },
    });
    expect(template.outputs.oidc_redirect_uri).toBe('https://mlflow.example.com/oauth2/idpresponse');
    expect(Object.values(template.resources('aws_secretsmanager_secret')).map((secret) => secret.name_prefix)).toEqual([
      'prod-mlflow-keys-',
    ]);
    expect(template.resource('aws_cloudformation_stack').name).toBe('prod-mlflow-sign-on');
  });

  it('needs no internet with endpoints and packages out of a bucket, which its servers may read', () => {
    const template = prod({ network: { nat: 'endpoints' }, server: { wheelhouse: 's3://example-wheels/mlflow' } });
    expect(template.resources('aws_nat_gateway')).toEqual({});
    const rules = Object.values(template.resources('aws_vpc_security_group_ingress_rule'));
    expect(rules.filter((rule) => rule.from_port === 443 && rule.referenced_security_group_id)).toHaveLength(1);
    const policies = Object.values(template.resources('aws_iam_role_policy')).map((policy) => policy.name);
    expect(policies).toContain('read-wheelhouse');
    expect(template.text).toContain("MLFLOW_WHEELHOUSE='s3://example-wheels/mlflow'");
    expect(prod().text).not.toContain('MLFLOW_WHEELHOUSE');
  });

  it('stands in a network that is there as well, and makes nothing of it', () => {
    const existing = {
      vpcId: 'vpc-0123456789abcdef0',
      publicSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      privateSubnetIds: ['subnet-0123456789abcdef2', 'subnet-0123456789abcdef3'],
    };
    for (const make of [environment, prod]) {
      const [own, placed] = [make().addresses(), make({ network: { existing } }).addresses()];
      const missing = own.filter((address) => !placed.includes(address));
      expect(missing.every((address) => /^aws_[a-z_]+\.network_/.test(address))).toBe(true);
      expect(placed).toEqual(own.filter((address) => !missing.includes(address)));
      expect(placed.join()).not.toContain('.network_');
    }
  });

  it('lets the server log in with tokens instead, as one role of one database', () => {
    const template = prod({ database: { authentication: 'iam' } });
    expect(template.resource('aws_db_instance').iam_database_authentication_enabled).toBe(true);
    const granted = Object.values(template.resources('aws_iam_role_policy')).flatMap(({ policy }) =>
      statements(policy),
    );
    expect(granted).toContainEqual({
      Sid: 'BackendStoreLogin',
      Effect: 'Allow',
      Action: 'rds-db:connect',
      Resource: [
        expect.stringMatching(
          /^arn:aws:rds-db:us-east-1:123456789012:dbuser:\$\{aws_db_instance\.[\w-]+\.resource_id\}\/mlflow_iam$/,
        ),
      ],
    });
    expect(template.text).toContain('\\"iamUser\\": \\"mlflow_iam\\"');
    expect(prod().text).toContain('\\"iamUser\\": null');
    expect(prod().text).not.toContain('rds-db:connect');
  });

  it('keeps the log of a fleet in CloudWatch, encrypted as the artifacts are, and tells of full machines', () => {
    const template = prod();
    expect(template.outputs.server_log_command).toMatch(/^aws logs tail \$\{aws_cloudwatch_log_group\.\S+ --region/);
    expect(template.text).toContain('"logGroup": "${aws_cloudwatch_log_group.'.replaceAll('"', '\\"'));
    const encrypted = Object.values(template.resources('aws_cloudwatch_log_group')).filter((group) => group.kms_key_id);
    const names = encrypted.map((group) => String(group.name)).sort();
    expect(names).toEqual([
      '/aws/rds/instance/prod-mlflow-backend-db/postgresql',
      '/aws/rds/instance/prod-mlflow-backend-db/upgrade',
      '/prod-mlflow/server',
    ]);
    // The key lets in those groups and no others.
    const [, logs] = statements(Object.values(template.resources('aws_kms_key'))[0]?.policy);
    const { ArnLike } = logs?.Condition as { ArnLike: Record<string, string[]> };
    const patterns = ArnLike['kms:EncryptionContext:aws:logs:arn']?.map(
      (arn) => new RegExp(`^${arn.split(':log-group:')[1]?.replace('*', '.*')}$`),
    );
    for (const name of names) expect(patterns?.filter((pattern) => pattern.test(name))).toHaveLength(1);
    const alarms = Object.values(template.resources('aws_cloudwatch_metric_alarm')).map((alarm) => alarm.metric_name);
    expect(alarms).toEqual(expect.arrayContaining(['mem_used_percent', 'disk_used_percent']));
  });

  it('answers to Prometheus on a port of its own, from the ranges that are named and past no load balancer', () => {
    const template = prod({ server: { prometheus: { cidrs: ['10.30.0.0/16'] } } });
    const rules = Object.values(template.resources('aws_vpc_security_group_ingress_rule'));
    expect(rules.filter((rule) => rule.from_port === 9464)).toEqual([
      expect.objectContaining({ cidr_ipv4: '10.30.0.0/16', to_port: 9464 }),
    ]);
    expect(template.resource('aws_lb_target_group').port).toBe(5000);
    expect(template.text).toContain('\\"prometheusPort\\": 9464');
  });

  it('lets housekeeping reach its archive where there is one', () => {
    const policy = (template: Template) =>
      String(Object.values(template.resources('aws_iam_role_policy')).find(({ name }) => name === 'artifacts')?.policy);
    expect(policy(dev)).not.toContain('archived-traces');
    const kept = environment({ server: { housekeeping: { archiveTracesAfterDays: 30 } } });
    expect(policy(kept)).toContain('archived-traces');
    expect(kept.resource('aws_instance').user_data).toContain('"archiveTracesAfterDays": 30');
  });

  it('keeps production’s addresses', () => {
    expect(prod().addresses()).toMatchSnapshot();
  });

  describe('production with a read replica', () => {
    const replicated = prod({ database: { password: 'secrets-manager', readReplica: true } });

    it('adds the replica, its parameter group and the secret, and moves nothing', () => {
      const [before, after] = [prod().addresses(), replicated.addresses()];
      expect(after.filter((address) => !before.includes(address))).toMatchSnapshot();
      expect(before.filter((address) => !after.includes(address))).toEqual([]);
    });

    it('tells the servers where to read, and that the password is theirs to replace', () => {
      expect(replicated.text).toMatch(/\\"replicaHost\\": \\"\$\{aws_db_instance\.\S+replica\S+\.address\}\\"/);
      expect(replicated.text).toMatch(/\\"passwordRotationDays\\": 30,?\\n/);
      expect(replicated.text).toMatch(/\\"passwordSecretArn\\": \\"\$\{aws_secretsmanager_secret\.\S+\.arn\}\\"/);
      expect(replicated.outputs.rotate_password_command).toContain('rotate --now');
    });

    it('watches how far the replica is behind', () => {
      const alarms = Object.values(replicated.resources('aws_cloudwatch_metric_alarm'));
      expect(alarms).toContainEqual(
        expect.objectContaining({
          metric_name: 'ReplicaLag',
          dimensions: { DBInstanceIdentifier: 'prod-mlflow-backend-db-replica' },
        }),
      );
    });

    it('holds no password, in no plan and no state', () => {
      const { password_wo: written, ...rest } = Object.values(replicated.resources('aws_db_instance'))[0]!;
      expect(written).toMatch(/^\$\{jsondecode\(ephemeral\.\S+\.secret_string\)\.password\}$/);
      expect(JSON.stringify(rest)).not.toMatch(/ephemeral/);
      expect(replicated.text).not.toMatch(/"(secret_string|password|manage_master_user_password)":/);
    });
  });
});
