import { architectureOf, type SynthesizedStack } from './architecture';
import { dot, draw } from './drawing';

const stack: SynthesizedStack = {
  resource: {
    aws_vpc: { v: { cidr_block: '10.20.0.0/16' } },
    aws_route: { r: { route_table_id: '${aws_route_table.public.id}', gateway_id: '${aws_internet_gateway.g.id}' } },
    aws_route_table_association: {
      a: { route_table_id: '${aws_route_table.public.id}', subnet_id: '${aws_subnet.p.id}' },
      b: { route_table_id: '${aws_route_table.private.id}', subnet_id: '${aws_subnet.q.id}' },
    },
    aws_db_subnet_group: { g: { subnet_ids: ['${aws_subnet.q.id}'] } },
    aws_instance: {
      server: {
        instance_type: 't3.micro',
        subnet_id: '${aws_subnet.p.id}',
        vpc_security_group_ids: ['${aws_security_group.server.id}'],
        iam_instance_profile: '${aws_iam_instance_profile.p.name}',
      },
    },
    aws_db_instance: {
      db: {
        engine_version: '17',
        instance_class: 'db.t4g.micro',
        db_subnet_group_name: '${aws_db_subnet_group.g.name}',
        vpc_security_group_ids: ['${aws_security_group.db.id}'],
        manage_master_user_password: true,
      },
    },
    aws_s3_bucket: { b: { bucket_prefix: 'mlflow-' } },
    aws_vpc_security_group_ingress_rule: {
      one: {
        security_group_id: '${aws_security_group.db.id}',
        referenced_security_group_id: '${aws_security_group.server.id}',
        from_port: 5432,
      },
      two: { security_group_id: '${aws_security_group.server.id}', cidr_ipv4: '203.0.113.0/24', from_port: 5000 },
      three: { security_group_id: '${aws_security_group.server.id}', prefix_list_id: '${data.x.id}', from_port: 22 },
    },
    aws_iam_instance_profile: { p: { role: '${aws_iam_role.r.name}' } },
    aws_iam_role_policy: {
      s3: {
        role: '${aws_iam_role.r.name}',
        policy: '{"Action":["s3:PutObject"],"Resource":"${aws_s3_bucket.b.arn}/*"}',
      },
      secret: {
        role: '${aws_iam_role.r.name}',
        policy: '{"Resource":"${aws_db_instance.db.master_user_secret[0].secret_arn}"}',
      },
      ssm: { role: '${aws_iam_role.r.name}', policy: '{"Action":["ssmmessages:OpenDataChannel"]}' },
    },
    aws_something_else: { x: {} },
  },
};

describe('architectureOf', () => {
  const { parts, ways, vpc } = architectureOf(stack);

  it('places every part by the routes of its subnets', () => {
    expect(vpc).toBe('10.20.0.0/16');
    expect(Object.fromEntries(parts.map(({ id, place }) => [id, place]))).toEqual({
      'aws_instance.server': 'public',
      'aws_db_instance.db': 'private',
      'aws_s3_bucket.b': 'region',
      'aws_db_instance.db.secret': 'region',
      'range 203.0.113.0/24': 'outside',
      'instance-connect': 'outside',
      'session-manager': 'outside',
    });
  });

  it('draws who may reach whom, by rules and by rights', () => {
    expect(ways.map(({ from, to, label }) => `${from} -> ${to}: ${label}`).sort()).toEqual([
      'aws_instance.server -> aws_db_instance.db.secret: 443 password',
      'aws_instance.server -> aws_db_instance.db: 5432 PostgreSQL, TLS',
      'aws_instance.server -> aws_s3_bucket.b: 443 artifacts',
      'instance-connect -> aws_instance.server: 22 SSH',
      'range 203.0.113.0/24 -> aws_instance.server: 5000 tracking',
      'session-manager -> aws_instance.server: for whoever IAM lets',
    ]);
  });

  it('makes nothing of an empty stack', () => {
    expect(architectureOf({})).toEqual({ vpc: '', parts: [], ways: [] });
  });
});

describe('draw', () => {
  it('gives the same SVG for the same stack', async () => {
    const svg = await draw(architectureOf(stack));
    expect(svg).toContain('Tracking server');
    expect(await draw(architectureOf(stack))).toBe(svg);
  });

  it('keeps text that looks like markup as text', () => {
    const part = { id: 'a"b', title: '<i>', detail: 'a & b', place: 'outside' } as const;
    expect(dot({ vpc: '', parts: [part], ways: [] })).toContain('"a\\"b" [fillcolor="#e8eaed" label=<<b>&lt;i&gt;</b>');
  });
});
