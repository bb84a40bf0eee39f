import { planWith } from '../testing/plans';
import { findingsOf } from './security';

type Change = Parameters<typeof planWith>[0][number];

const findings = (...changes: Change[]): string[] => {
  const plan = planWith(changes.map((change, index) => ({ name: `r${index}`, ...change })));
  return findingsOf(plan.resource_changes[0]!, plan).map(({ kind, text }) => `${kind}: ${text}`);
};

describe('doors', () => {
  it.each<[string, object, string[]]>([
    ['aws_s3_object', { acl: 'public-read' }, ['opening: is readable by anyone (acl public-read)']],
    [
      'aws_s3_object_copy',
      { grant: [{ uri: 'http://acs.amazonaws.com/groups/global/AllUsers' }] },
      ['opening: is granted to everybody (AllUsers or AuthenticatedUsers)'],
    ],
    [
      'aws_dms_s3_endpoint',
      { canned_acl_for_objects: 'authenticated-read' },
      ['opening: is readable by anyone (canned_acl_for_objects authenticated-read)'],
    ],
    [
      'aws_eks_cluster',
      { vpc_config: [{ endpoint_public_access: true, public_access_cidrs: ['0.0.0.0/0'] }] },
      ['opening: the API of the cluster is open to 0.0.0.0/0'],
    ],
    [
      'aws_eks_cluster',
      { vpc_config: [{ endpoint_public_access: null, public_access_cidrs: null }] },
      ['opening: the API of the cluster is open to 0.0.0.0/0, as nothing is known of public_access_cidrs'],
    ],
    ['aws_eks_cluster', { vpc_config: [{ endpoint_public_access: true, public_access_cidrs: ['192.0.2.0/24'] }] }, []],
    ['aws_eks_cluster', { vpc_config: [{ endpoint_public_access: false, public_access_cidrs: ['0.0.0.0/0'] }] }, []],
    [
      'aws_lightsail_instance_public_ports',
      { port_info: [{ protocol: 'tcp', from_port: 22, to_port: 22 }] },
      ['opening: lets in the whole internet: tcp port 22 from 0.0.0.0/0'],
    ],
    [
      'aws_lightsail_instance_public_ports',
      { port_info: [{ protocol: 'tcp', from_port: 22, to_port: 22, cidrs: ['192.0.2.0/24'] }] },
      ['notice: lets in tcp port 22 from 192.0.2.0/24'],
    ],
    ['aws_lambda_permission', { principal: '*' }, ['opening: anyone may call the function']],
    ['aws_lambda_permission', { principal: '*', principal_org_id: 'o-1' }, []],
    [
      'aws_lambda_permission',
      { principal: 's3.amazonaws.com' },
      [
        'notice: s3.amazonaws.com may call the function for every AWS account: source_arn and source_account are not set',
      ],
    ],
    ['aws_lambda_permission', { principal: 's3.amazonaws.com', source_arn: 'arn:b' }, []],
    [
      'aws_opensearchserverless_security_policy',
      { type: 'network', policy: '[{"Rules":[],"AllowFromPublic":true}]' },
      ['opening: collections are open to the internet (AllowFromPublic)'],
    ],
    ['aws_db_snapshot', { shared_accounts: ['111122223333'] }, ['notice: is shared with 111122223333']],
  ])('%s %j', (type, after, expected) => {
    expect(findings({ type, after })).toEqual(expected);
    expect(findings({ type, before: after, after })).toEqual([]);
  });

  it('are opened by what AWS does where nothing is said', () => {
    const nodes = (access: object, marks: object = {}): string[] =>
      findings({ type: 'aws_eks_node_group', after: { remote_access: [access] }, ...marks });
    expect(nodes({ ec2_ssh_key: 'k', source_security_group_ids: [] })).toEqual([
      'opening: port 22 of the nodes is open to the internet: remote_access names no source_security_group_ids',
    ]);
    expect(nodes({ ec2_ssh_key: 'k', source_security_group_ids: ['sg-1'] })).toEqual([]);
    expect(
      nodes({ ec2_ssh_key: 'k' }, { after_unknown: { remote_access: [{ source_security_group_ids: true }] } }),
    ).toEqual([]);
    expect(findings({ type: 'aws_lightsail_instance', after: { name: 'a' } })).toHaveLength(1);
  });

  it('are shut by a source that is known only after apply', () => {
    const after_unknown = { source_arn: true };
    expect(findings({ type: 'aws_lambda_permission', after: { principal: '*' }, after_unknown })).toEqual([]);
  });
});

describe('a rule that moves to its successor', () => {
  const old = {
    type: 'aws_security_group_rule',
    before: {
      type: 'ingress',
      security_group_id: 'sg-1',
      protocol: 'tcp',
      from_port: 443,
      to_port: 443,
      cidr_blocks: ['0.0.0.0/0'],
    },
  };
  const fresh = (security_group_id: string, port = 443): Change => ({
    type: 'aws_vpc_security_group_ingress_rule',
    after: { security_group_id, ip_protocol: 'tcp', from_port: port, to_port: port, cidr_ipv4: '0.0.0.0/0' },
  });
  it('opens nothing', () => {
    expect(findings(fresh('sg-1'), old)).toEqual([]);
    const group = {
      type: 'aws_security_group',
      before: { id: 'sg-1', ingress: [{ ...old.before }] },
      after: { id: 'sg-1', ingress: [] },
    };
    expect(findings(fresh('sg-1'), group)).toEqual([]);
  });
  it('opens what it opens in another group or on another port', () => {
    expect(findings(fresh('sg-2'), old)).toHaveLength(1);
    expect(findings(fresh('sg-1', 22), old)).toHaveLength(1);
  });
});

describe('what moves to its successor', () => {
  const Statement = [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*' }];
  const policy = JSON.stringify({ Statement });
  const admin = 'arn:aws:iam::aws:policy/AdministratorAccess';
  it.each<[Change, Change]>([
    [
      { type: 'aws_s3_bucket_acl', after: { bucket: 'b', acl: 'public-read' } },
      { type: 'aws_s3_bucket', before: { id: 'b', acl: 'public-read' }, after: { id: 'b', acl: null } },
    ],
    [
      { type: 'aws_s3_bucket_policy', after: { bucket: 'b', policy } },
      { type: 'aws_s3_bucket', before: { id: 'b', policy }, after: { id: 'b' } },
    ],
    [
      { type: 'aws_s3_bucket_policy', after: { bucket: 'b', policy } },
      { type: 'aws_s3_bucket_policy', before: { bucket: 'b', policy } },
    ],
    [
      { type: 'aws_iam_role_policy_attachment', after: { role: 'r', policy_arn: admin } },
      { type: 'aws_iam_policy_attachment', before: { roles: ['r'], policy_arn: admin } },
    ],
    [
      { type: 'aws_lb', after: { name: 'l', internal: false } },
      { type: 'aws_alb', before: { name: 'l', internal: false } },
    ],
  ])('%j opens nothing after %j', (fresh, old) => {
    expect(findings(fresh, old)).toEqual([]);
    expect(findings(fresh)).not.toEqual([]);
    const other = JSON.parse(JSON.stringify(old).replace(/"(b|l|r)"/g, '"other"')) as Change;
    expect(findings(fresh, other)).not.toEqual([]);
  });
});

it('in another region is no successor', () => {
  const values = { name: 'l', internal: false };
  const old = { type: 'aws_lb', before: { ...values, region: 'eu-west-1' } };
  expect(findings({ type: 'aws_lb', after: { ...values, region: 'eu-west-1' } }, old)).toEqual([]);
  expect(findings({ type: 'aws_lb', after: { ...values, region: 'eu-central-1' } }, old)).toHaveLength(1);
});

describe('what decides who gets in and is known only after apply', () => {
  const text = (name: string): string[] => [`notice: ${name} is known only after apply: read it in the source`];
  it.each<[string, object, object, string[]]>([
    ['aws_security_group', { ingress: [{}] }, { ingress: [{ cidr_blocks: true }] }, text('ingress.cidr_blocks')],
    [
      'aws_security_group',
      { ingress: [{}] },
      { ingress: [{ ipv6_cidr_blocks: [true] }] },
      text('ingress.ipv6_cidr_blocks'),
    ],
    ['aws_security_group', {}, { ingress: true, id: true }, []],
    ['aws_security_group', { ingress: [{}] }, { ingress: [{ security_groups: [true] }] }, []],
    [
      'aws_eks_cluster',
      { vpc_config: [{ endpoint_public_access: false }] },
      { vpc_config: [{ public_access_cidrs: true }] },
      text('vpc_config.public_access_cidrs'),
    ],
    ['aws_ec2_managed_prefix_list', { entry: [{}] }, { entry: [{ cidr: true }] }, text('entry.cidr')],
    ['aws_sns_topic_policy', {}, { policy: true }, text('policy')],
    ['aws_kms_key', {}, { policy: true }, []],
    ['aws_iam_role', { inline_policy: [{}] }, { inline_policy: [{ policy: true }] }, text('inline_policy.policy')],
  ])('%s %j %j', (type, after, after_unknown, expected) => {
    expect(findings({ type, after, after_unknown })).toEqual(expected);
  });
});

it('is told of an update, as what is there keeps its value', () => {
  const change = { type: 'aws_security_group', before: { ingress: [] }, after: {}, after_unknown: { ingress: true } };
  expect(findings(change)).toEqual(['notice: ingress is known only after apply: read it in the source']);
  expect(findings({ ...change, actions: ['delete', 'create'] })).toEqual([]);
});

describe('what expires', () => {
  it('keeps the newest', () => {
    const keep = (newer_noncurrent_versions: number): object =>
      s3({ status: 'Enabled', noncurrent_version_expiration: [{ noncurrent_days: 5, newer_noncurrent_versions }] });
    expect(lifecycle(keep(5), keep(1))).toEqual([
      'notice: old versions are deleted after 5 days, but for the newest 1',
    ]);
    expect(lifecycle(keep(1), keep(5))).toEqual([]);
  });

  const s3 = (...rule: object[]): object => ({ bucket: 'b', rule });
  const objects = (days: number, more: object = {}): object => ({ status: 'Enabled', expiration: [{ days }], ...more });
  const lifecycle = (before: object | null, after: object): string[] =>
    findings({ type: 'aws_s3_bucket_lifecycle_configuration', before, after });
  const images = (countNumber: number, tagStatus = 'any'): object => ({
    policy: JSON.stringify({
      rules: [
        {
          selection: { tagStatus, countType: 'sinceImagePushed', countUnit: 'days', countNumber },
          action: { type: 'expire' },
        },
      ],
    }),
  });

  it('is told when it begins, comes sooner or takes in more', () => {
    const text = (what: string): string[] => [`notice: ${what}`];
    expect(lifecycle(null, s3(objects(1)))).toEqual(text('objects of the bucket are deleted after 1 day'));
    expect(lifecycle(s3(objects(30)), s3(objects(7)))).toEqual(text('objects of the bucket are deleted after 7 days'));
    expect(lifecycle(s3(objects(7)), s3(objects(30)))).toEqual([]);
    expect(lifecycle(s3(objects(7, { prefix: 'logs/' })), s3(objects(7)))).toHaveLength(1);
    expect(lifecycle(s3(objects(7)), s3(objects(7, { filter: [{ prefix: 'logs/' }] })))).toEqual([]);
    expect(lifecycle(null, s3(objects(7, { filter: [{ and: [{ prefix: 'tmp/', tags: { a: 'b' } }] }] })))).toEqual(
      text('objects of the bucket under tmp/ (some of them) are deleted after 7 days'),
    );
    expect(lifecycle(null, s3(objects(7, { status: 'Disabled' })))).toEqual([]);
    expect(
      lifecycle(null, s3({ status: 'Enabled', expiration: [{ expired_object_delete_marker: true, days: 0 }] })),
    ).toEqual([]);
    expect(lifecycle(null, s3({ status: 'Enabled', expiration: [{ date: '2027-01-01T00:00:00Z' }] }))).toEqual(
      text('objects of the bucket are deleted on 2027-01-01'),
    );
    expect(lifecycle(null, s3({ status: 'Enabled', noncurrent_version_expiration: [{ noncurrent_days: 5 }] }))).toEqual(
      text('old versions are deleted after 5 days'),
    );
  });

  it('in older buckets, registries and brokers too', () => {
    const bucket = { lifecycle_rule: [{ enabled: true, expiration: [{ days: 2 }] }] };
    expect(findings({ type: 'aws_s3_bucket', before: {}, after: bucket })).toHaveLength(1);
    expect(findings({ type: 'aws_ecr_lifecycle_policy', after: images(14) })).toEqual([
      'notice: images are deleted after 14 days',
    ]);
    expect(findings({ type: 'aws_ecr_lifecycle_policy', before: images(14), after: images(14, 'untagged') })).toEqual(
      [],
    );
    const topics = (hours: number): object => ({
      server_properties: `auto.create=true\nlog.retention.hours=${hours}\n`,
    });
    expect(findings({ type: 'aws_msk_configuration', before: topics(168), after: topics(1) })).toEqual([
      'notice: records of topics are deleted after 1 hour',
    ]);
  });
});

describe('a guard that goes with its resource', () => {
  const block = { type: 'aws_s3_bucket_public_access_block', before: { bucket: 'b', id: 'b' } };
  it('is missed, unless what it guarded goes or another takes over', () => {
    expect(findings(block)).toHaveLength(1);
    expect(findings(block, { type: 'aws_s3_bucket', before: { bucket: 'b', id: 'b' } })).toEqual([]);
    expect(findings(block, { type: 'aws_s3_object', before: { bucket: 'b', id: 'key' } })).toHaveLength(1);
    expect(findings(block, { type: block.type, after: { bucket: 'b' } })).toEqual([]);
    expect(findings(block, { type: block.type, after: { bucket: 'c' } })).toHaveLength(1);
  });
  it.each(['aws_sqs_queue_policy', 'aws_efs_backup_policy', 'aws_ec2_image_block_public_access', 'aws_rbin_rule'])(
    '%s',
    (type) => {
      expect(findings({ type, before: {} })).toHaveLength(1);
    },
  );
});
