import { planWith } from '../../testing/plans';
import { findingsOf } from '../security';
import { Matcher, matches, TooLong } from './match';

type Statement = Record<string, unknown>;

const policy = (...Statement: Statement[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const findings = (type: string, before: object | null, after: object, marks: object = {}): string[] => {
  const plan = planWith([{ type, before, after, ...marks }]);
  return findingsOf(plan.resource_changes[0]!, plan).map(({ kind, text }) => `${kind}: ${text}`);
};
const on = (attribute: string, type: string, before: Statement[] | null, ...after: Statement[]): string[] =>
  findings(type, before && { [attribute]: policy(...before) }, { [attribute]: policy(...after) });
const open = (texts: string[]): boolean => texts.some((text) => text.startsWith('opening'));

describe('patterns', () => {
  it.each([
    ['s3:*', 's3:GetObject', true],
    ['s3:Get*', 's3:PutObject', false],
    ['S3:getobject', 's3:GetObject', true],
    ['s3:Get?bject', 's3:GetObject', true],
    ['*a*b', 'xxaxxb', true],
    ['*a*b', 'xxaxxbc', false],
    ['a*', 'a', true],
    ['s3:Get*', 's3:*', false],
    ['s3:*', 's3:Get*', true],
    ['s3:?', 's3:*', false],
    ['*:*', 's3:Get*', true],
    ['', 'a', false],
  ])('%s takes in %s: %s', (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });

  it('with many stars cost no more than length times length', () => {
    expect(took(() => matches(`${'*a'.repeat(500)}b`, 'a'.repeat(10_000)))).toBeLessThan(1_000);
  });

  it('are given up where they would take too long', () => {
    const matcher = new Matcher();
    expect(() => {
      for (let i = 0; i < 10; i += 1) matcher.matches(`*${'a'.repeat(500)}b`, 'a'.repeat(10_000) + i);
    }).toThrow(TooLong);
  });
});

/** Time of this process, which the machine's other work hardly lengthens; what would hang takes minutes. */
function took(work: () => void): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

describe('any policy within a second', () => {
  // As long as the longest policy that AWS takes.
  const long = Array.from({ length: 1_500 }, (_, index) => `s3:*a*b*c${index}*`);
  const star = 's3:*a*a*a*a*a*a*a*ab';
  it.each<[string, Statement, Statement]>([
    ['many patterns against many', { Action: long }, { Action: long.map((action) => `${action}x`) }],
    [
      'the product of actions and resources',
      { Action: long, Resource: long },
      { Action: long, Resource: long.map((resource) => `${resource}/`) },
    ],
    ['many stars', { Action: Array(300).fill(star) }, { Action: `s3:${'a'.repeat(50_000)}` }],
    [
      'many values of a condition',
      { Action: 's3:*', Condition: { StringLike: { 'aws:PrincipalArn': long } } },
      { Action: long, Condition: { StringLike: { 'aws:PrincipalArn': [...long, '*'] } } },
    ],
    ['everything but many', { NotAction: long }, { NotAction: long.slice(1) }],
  ])('%s', (_, before, after) => {
    const statement = { Effect: 'Allow', Resource: '*' };
    const deny = { ...statement, Effect: 'Deny', ...before };
    const anyone = { ...statement, Principal: '*', ...after };
    const compared = took(() => {
      on('policy', 'aws_iam_policy', [{ ...statement, ...before }, deny], { ...statement, ...after });
      on('policy', 'aws_s3_bucket_policy', null, anyone, { ...deny, Principal: '*' });
    });
    expect(compared).toBeLessThan(2_000);
  });
});

describe('anyone behind a condition', () => {
  const anyone = (Condition: object): string[] =>
    on('policy', 'aws_s3_bucket_policy', null, {
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::b/*',
      Condition,
    });

  it.each([
    { StringLike: { 'aws:PrincipalArn': '*' } },
    { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/*' } },
    { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/deploy' } },
    { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:*' } },
    { ArnLike: { 'aws:SourceArn': ['arn:aws:sns:eu-central-1:111122223333:t', 'arn:aws:sns:*:*:*'] } },
    { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-1' } },
    { StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } },
    { 'ForAllValues:StringEquals': { 'aws:PrincipalOrgID': 'o-1' } },
    { StringNotEquals: { 'aws:PrincipalAccount': '111122223333' } },
    { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:*' } },
    { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
    { Null: { 'aws:PrincipalArn': 'false' } },
    { StringLike: { 'aws:PrincipalOrgID': 'o-*' } },
    { StringLike: { 'aws:PrincipalAccount': '1111*' } },
    { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
    { NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } },
    { Bool: { 'aws:SecureTransport': 'true' } },
    { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'false' } },
    { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } },
    { StringEquals: { 'aws:PrincipalTag/team': 'ml' } },
    { StringEquals: { 'aws:PrincipalAccount': '${aws:PrincipalAccount}' } },
    { StringEquals: { 'aws:ResourceAccount': '111122223333' } },
    { IpAddress: { 'aws:SourceIp': ['0.0.0.0/1', '128.0.0.0/1'] } },
    { IpAddress: { 'aws:SourceIp': '::/0' } },
    { IpAddress: { 'aws:VpcSourceIp': '10.0.0.0/8' } },
    { StringLike: { 'aws:Referer': 'https://example.com/*' } },
    { StringLike: { 'aws:SourceVpce': 'vpce-*' } },
  ])('%j is anyone', (condition) => {
    expect(open(anyone(condition))).toBe(true);
  });

  it.each([
    { StringEquals: { 'AWS:SourceOwner': '111122223333' } },
    { StringEquals: { 'aws:SourceAccount': '111122223333' } },
    { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::artifacts' } },
    { ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:*:*:artifacts' } },
    { ArnLike: { 'aws:SourceArn': 'arn:aws:cloudfront::111122223333:distribution/*' } },
    { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/*' } },
    { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
    { StringEquals: { 'aws:PrincipalOrgID': '${aws:ResourceOrgID}' } },
    { StringEquals: { 'aws:ResourceAccount': '${aws:PrincipalAccount}' } },
    { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-1/r-1/*' } },
    { StringEquals: { 'aws:SourceVpce': 'vpce-1' } },
    { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '198.51.100.7/32'] } },
    { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' } },
    { Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 'kms:CallerAccount': '111122223333' } },
    { StringLike: { 'aws:userid': 'AROAEXAMPLE:*' } },
  ])('%j is somebody', (condition) => {
    expect(open(anyone(condition))).toBe(false);
  });

  it('is somebody where the policy denies everybody else', () => {
    const allow = { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'arn:api/*' };
    const deny = { ...allow, Effect: 'Deny', Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } };
    const api = (...statements: Statement[]): boolean =>
      open(on('policy', 'aws_api_gateway_rest_api_policy', null, ...statements));
    expect(api(allow)).toBe(true);
    expect(api(allow, deny)).toBe(false);
    expect(api(allow, { ...deny, Resource: 'arn:api/private/*' })).toBe(true);
    expect(api(allow, { ...deny, Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } })).toBe(true);
    expect(api(allow, { ...deny, Condition: { ...deny.Condition, Bool: { 'aws:SecureTransport': 'false' } } })).toBe(
      true,
    );
  });
});

describe('NotAction, NotPrincipal, NotResource', () => {
  it.each<[string, Statement, string]>([
    ['NotAction', { NotAction: 'iam:DeleteUser', Resource: '*' }, 'notice: allows everything but iam:DeleteUser on *'],
    [
      'NotResource',
      { Action: 's3:GetObject', NotResource: 'arn:a' },
      'notice: allows s3:GetObject on everything but arn:a',
    ],
    [
      'NotPrincipal',
      { NotPrincipal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 's3:GetObject', Resource: 'arn:b' },
      'opening: anyone may s3:GetObject on arn:b',
    ],
  ])('%s', (_, statement, text) => {
    expect(on('policy', 'aws_s3_bucket_policy', null, { Effect: 'Allow', ...statement })).toContain(text);
  });

  it('compare by what they leave out', () => {
    const allow = { Effect: 'Allow', Resource: '*' };
    const change = (before: Statement, after: Statement): string[] =>
      on('policy', 'aws_iam_policy', [{ ...allow, ...before }], { ...allow, ...after });
    expect(change({ NotAction: 'iam:*' }, { Action: 's3:GetObject' })).toEqual([]);
    expect(change({ NotAction: 'iam:*' }, { NotAction: ['iam:*', 's3:*'] })).toEqual([]);
    expect(change({ NotAction: 'iam:*' }, { Action: 'iam:GetUser' })).toEqual(['notice: allows iam:GetUser on *']);
    expect(change({ NotAction: 'iam:*' }, { Action: '*' })).toEqual([
      'notice: allows * on *, which makes an administrator',
    ]);
    expect(change({ NotAction: ['iam:*', 's3:*'] }, { NotAction: 'iam:*' })).toEqual([
      'notice: allows everything but iam:* on *',
    ]);
    expect(change({ Action: '*' }, { NotAction: 'iam:*' })).toEqual([]);
  });
});

describe('administrators', () => {
  it.each<[string, object, string]>([
    [
      'aws_iam_role',
      { managed_policy_arns: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
      'gains the policy AdministratorAccess, which makes an administrator',
    ],
    [
      'aws_iam_role_policy_attachments_exclusive',
      { policy_arns: ['arn:aws:iam::aws:policy/IAMFullAccess'] },
      'gains the policy IAMFullAccess, which makes an administrator',
    ],
    [
      'aws_ssoadmin_managed_policy_attachment',
      { managed_policy_arn: 'arn:aws:iam::aws:policy/PowerUserAccess' },
      'gains the policy PowerUserAccess, which makes an administrator',
    ],
    [
      'aws_eks_access_policy_association',
      { policy_arn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy' },
      'gains the policy AmazonEKSClusterAdminPolicy, which makes an administrator',
    ],
    ['aws_iam_policy_attachment', { policy_arn: 'arn:aws:iam::111122223333:policy/mine' }, 'gains the policy mine'],
    [
      'aws_iam_role',
      { inline_policy: [{ name: 'a', policy: policy({ Effect: 'Allow', Action: '*', Resource: '*' }) }] },
      'allows * on *, which makes an administrator',
    ],
    [
      'aws_ssoadmin_permission_set_inline_policy',
      { inline_policy: policy({ Effect: 'Allow', Action: 'iam:*', Resource: '*' }) },
      'allows iam:* on *',
    ],
    [
      'aws_iam_group_policy',
      { policy: policy({ Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' }) },
      'allows iam:PassRole on *',
    ],
    [
      'aws_iam_user_policy',
      { policy: policy({ Effect: 'Allow', Action: 'iam:Put*', Resource: 'arn:aws:iam::*:role/*' }) },
      'allows iam:Put* on arn:aws:iam::*:role/*',
    ],
    ['aws_iam_policy', { policy: policy({ Effect: 'Allow', Action: '*:*', Resource: '*' }) }, 'allows *:* on *'],
  ])('%s %j', (type, after, text) => {
    expect(findings(type, null, after)).toEqual([`notice: ${text}`]);
    expect(findings(type, after, after)).toEqual([]);
  });

  it('are not whom a boundary or a condition limits', () => {
    expect(
      findings('aws_iam_role', null, { permissions_boundary: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
    ).toEqual([]);
    const pass = { Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' };
    const limited = { ...pass, Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } };
    expect(on('policy', 'aws_iam_policy', null, limited)).toEqual([]);
    expect(on('policy', 'aws_iam_policy', null, { ...pass, Resource: 'arn:aws:iam::111122223333:role/a' })).toEqual([]);
  });
});

describe('a trust in an OIDC provider', () => {
  const trust = (host: string, Condition?: object): string[] =>
    on('assume_role_policy', 'aws_iam_role', null, {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${host}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      ...(Condition && { Condition }),
    });
  const github = 'token.actions.githubusercontent.com';
  const sub = (host: string, value: string | string[], operator = 'StringLike'): object => ({
    StringEquals: { [`${host}:aud`]: 'sts.amazonaws.com' },
    [operator]: {
      [`${host}:sub`]: value,
      ...(operator === 'StringEquals' && { [`${host}:aud`]: 'sts.amazonaws.com' }),
    },
  });
  const eks = 'oidc.eks.eu-central-1.amazonaws.com/id/ABC';
  const bitbucket = 'api.bitbucket.org/2.0/workspaces/w/pipelines-config/identity/oidc';

  it.each<[string, object | undefined, string]>([
    [github, undefined, 'opening: every GitHub repository'],
    [github, { StringEquals: { [`${github}:aud`]: 'sts.amazonaws.com' } }, 'opening: every GitHub repository'],
    [github, sub(github, '*'), 'opening: every GitHub repository'],
    [github, sub(github, 'repo:*'), 'opening: every GitHub repository'],
    [github, sub(github, 'repo:org*'), 'opening: every GitHub repository'],
    [github, sub(github, 'repo:*/server:*'), 'opening: every GitHub repository'],
    [github, sub(github, ['repo:org/server:*', 'repo:*']), 'opening: every GitHub repository'],
    [github, sub(github, 'repo:org/server:*', 'StringNotLike'), 'opening: every GitHub repository'],
    [github, sub(github, 'repo:org/server:*', 'StringLikeIfExists'), 'opening: every GitHub repository'],
    ['gitlab.com', sub('gitlab.com', 'project_path:*'), 'opening: every project of GitLab'],
    [
      'app.terraform.io',
      sub('app.terraform.io', 'organization:*:project:*'),
      'opening: every workspace of HCP Terraform',
    ],
    [eks, undefined, 'notice: every pod of the cluster'],
    [eks, sub(eks, 'system:serviceaccount:*:*'), 'notice: every pod of the cluster'],
    [bitbucket, sub(bitbucket, '*'), 'notice: every repository of the Bitbucket workspace'],
    ['gitlab.example.com', undefined, 'notice: everybody for whom the provider makes a token'],
  ])('%s %j', (host, condition, text) => {
    expect(trust(host, condition)).toEqual([
      expect.stringContaining(`${text} may assume the role (${host.toLowerCase()}: `),
    ]);
  });

  it.each<[string, object]>([
    [github, sub(github, 'repo:org/server:*')],
    [github, sub(github, 'repo:org/*')],
    [github, sub(github, 'repo:org@123/server@456:ref:refs/heads/main')],
    [github, sub(github, 'repo:org/server:environment:prod', 'StringEquals')],
    [github, sub(github, ['repo:org/a:*', 'repo:org/b:*'], 'ForAnyValue:StringLike')],
    [github, { StringEquals: { [`${github}:repository_owner`]: 'org' } }],
    ['gitlab.com', sub('gitlab.com', 'project_path:group/*')],
    ['app.terraform.io', sub('app.terraform.io', 'organization:org:project:*')],
    [eks, sub(eks, 'system:serviceaccount:mlflow:server')],
    [eks, sub(eks, 'system:serviceaccount:mlflow:*')],
    [bitbucket, sub(bitbucket, '{uuid}:*')],
  ])('%s %j names somebody', (host, condition) => {
    expect(trust(host, condition)).toEqual([]);
  });

  it('is one of tokens of the web', () => {
    const statement = { Effect: 'Allow', Principal: { Federated: `arn:aws:iam::1:oidc-provider/${github}` } };
    const of = (more: Statement): string[] => on('assume_role_policy', 'aws_iam_role', null, { ...statement, ...more });
    expect(of({ Action: 'sts:TagSession' })).toEqual([]);
    expect(open(of({ Action: 'sts:*' }))).toBe(true);
    expect(open(of({ NotAction: 'sts:TagSession' }))).toBe(true);
  });

  it('is told once, when it begins', () => {
    const statement = {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${github}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
    };
    expect(on('assume_role_policy', 'aws_iam_role', [statement], statement)).toEqual([]);
    const narrow = { ...statement, Condition: sub(github, 'repo:org/server:*') };
    expect(open(on('assume_role_policy', 'aws_iam_role', [narrow], statement))).toBe(true);
    expect(on('assume_role_policy', 'aws_iam_role', [statement], narrow)).toEqual([]);
  });
});

describe('what AWS puts there itself is no warning', () => {
  const root = { AWS: 'arn:aws:iam::111122223333:root' };
  it.each<[string, Statement]>([
    ['aws_kms_key', { Principal: root, Action: 'kms:*', Resource: '*' }],
    ['aws_sqs_queue', { Sid: '__owner_statement', Principal: root, Action: 'SQS:*', Resource: 'arn:q' }],
    [
      'aws_sns_topic',
      {
        Sid: '__default_statement_ID',
        Principal: { AWS: '*' },
        Action: ['SNS:Publish', 'SNS:Subscribe'],
        Resource: 'arn:t',
        Condition: { StringEquals: { 'AWS:SourceOwner': '111122223333' } },
      },
    ],
    [
      'aws_efs_file_system_policy',
      {
        Principal: { AWS: '*' },
        Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
        Resource: '*',
        Condition: { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' } },
      },
    ],
    ['aws_vpc_endpoint', { Principal: '*', Action: '*', Resource: '*' }],
  ])('%s', (type, statement) => {
    const texts = on('policy', type, null, { Effect: 'Allow', ...statement });
    expect(texts.filter((text) => /allows|anyone/.test(text))).toEqual([]);
    const changed = on('policy', type, [], { Effect: 'Allow', ...statement });
    expect(changed.filter((text) => /allows|anyone/.test(text))).toEqual([]);
  });

  it.each<[string, object]>([
    ['aws_kms_key', { policy: policy({ Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' }) }],
    ['aws_iam_role', { assume_role_policy: policy({ Effect: 'Allow', Principal: root, Action: 'sts:AssumeRole' }) }],
  ])('but another account is: %s', (type, after) => {
    const of = (account: string): string[] => {
      const aws = { name: 'aws', expressions: { allowed_account_ids: { constant_value: [account] } } };
      const plan = planWith([{ type, after }], { configuration: { provider_config: { aws } } });
      return findingsOf(plan.resource_changes[0]!, plan).map(({ text }) => text);
    };
    expect(of('111122223333')).toEqual([]);
    expect(of('444455556666')).toEqual([expect.stringMatching(/^allows .* to arn:aws:iam::111122223333:root$/)]);
  });
});

describe('a Deny', () => {
  const deny = { Sid: 'No', Effect: 'Deny', Principal: '*', Action: 's3:DeleteObject', Resource: 'arn:b/*' };
  const vpc = (...ids: string[]): object => ({ StringNotEquals: { 'aws:SourceVpce': ids } });
  it.each<[string, Statement, Statement, boolean]>([
    ['of more actions', deny, { ...deny, Action: 's3:*' }, false],
    ['of more resources', deny, { ...deny, Resource: '*' }, false],
    ['without its condition', { ...deny, Condition: vpc('a') }, deny, false],
    ['that lets fewer through', { ...deny, Condition: vpc('a', 'b') }, { ...deny, Condition: vpc('a') }, false],
    ['of fewer actions', { ...deny, Action: 's3:*' }, deny, true],
    ['with a condition', deny, { ...deny, Condition: vpc('a') }, true],
    ['that lets more through', { ...deny, Condition: vpc('a') }, { ...deny, Condition: vpc('a', 'b') }, true],
    ['for fewer', deny, { ...deny, Principal: { AWS: 'arn:x' } }, true],
  ])('%s opens: %s', (_, before, after, opens) => {
    expect(on('policy', 'aws_s3_bucket_policy', [before], after)).toEqual(
      opens ? ['notice: no longer denies what No denied'] : [],
    );
  });
});
