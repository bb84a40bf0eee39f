import { findingsOf } from './security';
import { planWith } from '../testing/plans';

type Parts = Parameters<typeof planWith>[0][number];

const findings = (...changes: Parts[]): string[] => {
  const plan = planWith(changes);
  return findingsOf(plan.resource_changes[0]!, plan).map(({ kind, text }) => `${kind}: ${text}`);
};

const rule = (cidr: string, port = 22): object => ({
  cidr_ipv4: cidr,
  ip_protocol: 'tcp',
  from_port: port,
  to_port: port,
});
const policy = (...Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const block = {
  bucket: 'b',
  block_public_acls: true,
  block_public_policy: true,
  ignore_public_acls: true,
  restrict_public_buckets: true,
};

describe('openings to the whole internet', () => {
  const ingress = 'aws_vpc_security_group_ingress_rule';
  const opening = (where: string): string[] => [`opening: lets in the whole internet: ${where}`];

  it.each<[string, Parts, string[]]>([
    ['a new rule', { type: ingress, after: rule('0.0.0.0/0') }, opening('tcp port 22 from 0.0.0.0/0')],
    [
      'a widened rule',
      { type: ingress, before: rule('10.0.0.0/8'), after: rule('0.0.0.0/0') },
      opening('tcp port 22 from 0.0.0.0/0'),
    ],
    [
      'another port of an open rule',
      { type: ingress, before: rule('0.0.0.0/0', 443), after: rule('0.0.0.0/0') },
      opening('tcp port 22 from 0.0.0.0/0'),
    ],
    ['half the internet', { type: ingress, after: rule('128.0.0.0/1') }, opening('tcp port 22 from 128.0.0.0/1')],
    [
      'IPv6',
      { type: ingress, after: { cidr_ipv6: '::/0', ip_protocol: '-1' } },
      opening('every protocol and port from ::/0'),
    ],
    [
      'an older kind of rule',
      {
        type: 'aws_security_group_rule',
        after: {
          type: 'ingress',
          cidr_blocks: ['10.0.0.0/8', '0.0.0.0/0'],
          protocol: 'tcp',
          from_port: 0,
          to_port: 65535,
        },
      },
      [...opening('tcp every port from 0.0.0.0/0'), 'notice: lets in tcp every port from 10.0.0.0/8'],
    ],
    [
      'a rule inside its group',
      {
        type: 'aws_security_group',
        before: { ingress: [] },
        after: { ingress: [{ protocol: 'tcp', from_port: 80, to_port: 81, ipv6_cidr_blocks: ['::/0'] }] },
      },
      opening('tcp ports 80 to 81 from ::/0'),
    ],
    [
      'a prefix list',
      { type: 'aws_ec2_managed_prefix_list', after: { entry: [{ cidr: '0.0.0.0/0' }] } },
      opening('every protocol and port from 0.0.0.0/0'),
    ],
    [
      'a block that is off',
      { type: 'aws_s3_bucket_public_access_block', before: block, after: { ...block, block_public_policy: false } },
      ['opening: the public access block is off: block_public_policy'],
    ],
    [
      'a block that starts off',
      { type: 'aws_s3_bucket_public_access_block', after: { bucket: 'b' } },
      [
        'opening: the public access block is off: block_public_acls, block_public_policy, ignore_public_acls, restrict_public_buckets',
      ],
    ],
    [
      'a block that is removed',
      { type: 'aws_s3_bucket_public_access_block', before: block },
      ['opening: the public access block is removed'],
    ],
    [
      "the account's block",
      { type: 'aws_s3_account_public_access_block', before: block },
      ['opening: the public access block is removed'],
    ],
    [
      'a public acl',
      { type: 'aws_s3_bucket_acl', after: { acl: 'public-read' } },
      ['opening: is readable by anyone (acl public-read)'],
    ],
    [
      'a public database',
      { type: 'aws_db_instance', before: { publicly_accessible: false }, after: { publicly_accessible: true } },
      ['opening: gets a public address (publicly_accessible)'],
    ],
    [
      'a function for anyone',
      { type: 'aws_lambda_function_url', after: { authorization_type: 'NONE' } },
      ['opening: anyone may call the function (authorization_type)'],
    ],
    [
      'a shared snapshot',
      { type: 'aws_db_snapshot', after: { shared_accounts: ['all'] } },
      ['opening: is shared with every AWS account (shared_accounts)'],
    ],
  ])('%s', (_, change, expected) => {
    expect(findings(change)).toEqual(expected);
  });

  it.each<[string, Parts]>([
    [
      'a rule that was open',
      { type: ingress, before: rule('0.0.0.0/0'), after: { ...rule('0.0.0.0/0'), description: 'x' } },
    ],
    [
      'fewer ports of an open rule',
      { type: ingress, before: { cidr_ipv4: '0.0.0.0/0', ip_protocol: '-1' }, after: rule('0.0.0.0/0') },
    ],
    ['a rule that closes', { type: ingress, before: rule('0.0.0.0/0') }],
    ['the way out', { type: 'aws_vpc_security_group_egress_rule', after: rule('0.0.0.0/0') }],
    ['the way out, older', { type: 'aws_security_group_rule', after: { type: 'egress', cidr_blocks: ['0.0.0.0/0'] } }],
    ['a block that is on', { type: 'aws_s3_bucket_public_access_block', after: block }],
    ['a group that is forgotten', { type: ingress, actions: ['forget'], before: rule('0.0.0.0/0') }],
  ])('is not %s', (_, change) => {
    expect(findings(change)).toEqual([]);
  });

  it('is not the end of a bucket with its block', () => {
    const bucket = { type: 'aws_s3_bucket', before: { bucket: 'b' } };
    expect(findings({ type: 'aws_s3_bucket_public_access_block', before: block }, bucket)).toEqual([]);
    const replaced = { ...bucket, actions: ['delete', 'create'], after: { bucket: 'b' } };
    expect(findings({ type: 'aws_s3_bucket_public_access_block', before: block }, replaced)).toHaveLength(1);
  });
});

describe('policies', () => {
  const read = { Sid: 'Read', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:b/*' };
  const bucketPolicy = (before: string | null, after: string | null): string[] =>
    findings({ type: 'aws_s3_bucket_policy', before: before && { policy: before }, after: after && { policy: after } });

  it('open a bucket to anyone', () => {
    expect(bucketPolicy(null, policy(read))).toEqual(['opening: anyone may s3:GetObject on arn:b/*']);
    expect(bucketPolicy(policy(read), policy(read))).toEqual([]);
  });

  it.each([
    [{ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, false],
    [{ IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, false],
    [{ IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }, true],
    [{ Bool: { 'aws:SecureTransport': 'true' } }, true],
    [{ StringNotEquals: { 'aws:PrincipalAccount': '1' } }, true],
  ])('with the condition %j open to anyone: %s', (Condition, open) => {
    const texts = bucketPolicy(null, policy({ ...read, Condition }));
    expect(texts.some((text) => text.startsWith('opening'))).toBe(open);
  });

  it('widen by actions, resources, dropped denials and conditions; not by rewriting', () => {
    const allow = { Effect: 'Allow', Action: ['s3:Get*', 's3:PutObject'], Resource: ['arn:b/*'] };
    const deny = { Sid: 'TlsOnly', Effect: 'Deny', Action: 's3:*', Resource: '*' };
    const role = (before: object[], after: object[]): string[] =>
      findings({
        type: 'aws_iam_role_policy',
        before: { policy: policy(...before) },
        after: { policy: policy(...after) },
      });
    expect(role([allow], [{ ...allow, Action: ['s3:PutObject', 's3:GetObject'] }])).toEqual([]);
    expect(role([allow], [{ ...allow, Action: 's3:DeleteObject' }])).toEqual([
      'notice: allows s3:DeleteObject on arn:b/*',
    ]);
    expect(role([allow], [{ ...allow, Action: 's3:PutObject', Resource: '*' }])).toEqual([
      'notice: allows s3:PutObject on *',
    ]);
    expect(role([allow, deny], [allow])).toEqual(['notice: no longer denies what TlsOnly denied']);
    const limited = { ...allow, Condition: { StringEquals: { 'aws:PrincipalTag/team': 'ml' } } };
    expect(role([limited], [{ ...allow, Action: 's3:PutObject' }])).toEqual(['notice: allows s3:PutObject on arn:b/*']);
    expect(role([allow], [{ ...limited, Action: 's3:PutObject' }])).toEqual([]);
  });

  it('are wide from the start', () => {
    const wide = policy({ Effect: 'Allow', Action: ['iam:*', 's3:Get*'], Resource: '*' });
    expect(findings({ type: 'aws_iam_policy', after: { policy: wide } })).toEqual(['notice: allows iam:* on *']);
  });

  it('are found whatever the attribute is called', () => {
    const open = policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'es:*', Resource: '*' });
    expect(findings({ type: 'aws_opensearch_domain', before: {}, after: { access_policies: open } })).toEqual([
      'opening: anyone may es:* on *',
      'notice: allows es:* on * to anyone',
    ]);
  });

  it('let anyone take a role', () => {
    const trust = policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' });
    expect(findings({ type: 'aws_iam_role', after: { assume_role_policy: trust } })).toEqual([
      'opening: anyone may sts:AssumeRole on this',
    ]);
  });

  it('are said to be unknown when they are', () => {
    expect(findings({ type: 'aws_s3_bucket_policy', after: { bucket: 'b' }, after_unknown: { policy: true } })).toEqual(
      ['notice: policy is known only after apply: read it in the source'],
    );
  });
});

describe('protections', () => {
  it.each<[string, object, object, string]>([
    [
      'aws_db_instance',
      { backup_retention_period: 30 },
      { backup_retention_period: 0 },
      'backups are kept for fewer days (backup_retention_period)',
    ],
    [
      'aws_db_instance',
      { deletion_protection: true },
      { deletion_protection: false },
      'deletion protection is off (deletion_protection)',
    ],
    [
      'aws_db_instance',
      { storage_encrypted: true },
      { storage_encrypted: false },
      'encryption of the storage is off (storage_encrypted)',
    ],
    [
      'aws_s3_bucket',
      { force_destroy: false },
      { force_destroy: true },
      'the bucket can be destroyed with its objects (force_destroy)',
    ],
    [
      'aws_instance',
      { metadata_options: [{ http_tokens: 'required' }] },
      { metadata_options: [{ http_tokens: 'optional' }] },
      'the instance answers IMDSv1 again (metadata_options.http_tokens)',
    ],
    ['aws_lb_listener', { protocol: 'HTTPS' }, { protocol: 'HTTP' }, 'the listener no longer speaks TLS (protocol)'],
    [
      'aws_db_parameter_group',
      { parameter: [{ name: 'rds.force_ssl', value: '1' }] },
      { parameter: [] },
      'the database accepts connections without TLS (rds.force_ssl)',
    ],
  ])('%s %j → %j', (type, before, after, text) => {
    expect(findings({ type, before, after })).toEqual([`notice: ${text}`]);
    expect(findings({ type, before: after, after: before })).toEqual([]);
  });

  it('that are removed with their resource, unless their bucket goes too', () => {
    const encryption = { type: 'aws_s3_bucket_server_side_encryption_configuration', before: { bucket: 'b' } };
    expect(findings(encryption)).toEqual(["notice: the bucket's own encryption is removed"]);
    expect(findings(encryption, { type: 'aws_s3_bucket', before: { bucket: 'b' } })).toEqual([]);
  });

  it('that only AWS knows after apply are not called lost', () => {
    expect(
      findings({
        type: 'aws_s3_bucket',
        actions: ['delete', 'create'],
        before: { policy: policy({ Sid: 'Tls', Effect: 'Deny', Action: '*', Resource: '*' }) },
        after: {},
        after_unknown: { policy: true },
      }),
    ).toEqual([]);
  });

  it('a role that gains a policy', () => {
    const policy_arn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    expect(findings({ type: 'aws_iam_role_policy_attachment', after: { policy_arn } })).toEqual([
      'notice: gains the policy AdministratorAccess, which makes an administrator',
    ]);
  });
});
