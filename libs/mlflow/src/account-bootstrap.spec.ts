import { applyRoleName, planRoleName, stateBucketName } from '@mlflow-on-aws/foundation';
import { statements, Template, testApp } from '@mlflow-on-aws/testing';
import { AccountBootstrap, type AccountBootstrapProps } from './account-bootstrap';

const place = { accountId: '123456789012', region: 'eu-west-1' };
const deliver = [{ name: 'dev', repository: { name: 'example/mlflow' }, bucketPrefix: 'mlflow-artifacts-remote-dev-' }];
const stateFile = { path: 'terraform.bootstrap.tfstate', move: 'move it' };
const of = (props: Partial<AccountBootstrapProps> = {}): Template =>
  Template.fromStack(new AccountBootstrap(testApp(), 'bootstrap', { ...place, ...props }));
type Import = { readonly to: string; readonly id: string; readonly for_each?: string };
const imports = (template: Template): Import[] => JSON.parse(template.text).import;
const role = (template: Template, name: string) =>
  Object.values(template.resources('aws_iam_role')).find((block) => block.name === name)!;

describe('the state bucket', () => {
  it('is never destroyed, nor is its key', () => {
    const template = of();
    expect(template.resource('aws_s3_bucket')).toMatchObject({
      bucket: stateBucketName('123456789012', 'eu-west-1'),
      lifecycle: { prevent_destroy: true },
    });
    expect(template.resource('aws_kms_key')).toMatchObject({
      enable_key_rotation: true,
      lifecycle: { prevent_destroy: true },
    });
  });

  it('encrypts by its key', () => {
    expect(of().resource('aws_s3_bucket_server_side_encryption_configuration')).toMatchObject({
      rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms' } }],
    });
  });
});

describe('its own state', () => {
  it('is a file until everything is made, and then moved', () => {
    const template = of({ stateFile, deliver });
    expect(template.terraform.backend).toEqual({ local: { path: stateFile.path } });
    const move = template.resource('terraform_data') as {
      depends_on: string[];
      provisioner: { 'local-exec': { command: string; environment: Record<string, string> } }[];
    };
    expect([...move.depends_on].sort()).toEqual(
      template.addresses().filter((address) => !address.startsWith('terraform_data.')),
    );
    const [step] = move.provisioner;
    expect(step?.['local-exec'].command).toBe('move it');
    expect(JSON.parse(step?.['local-exec'].environment.STATE_BACKEND ?? '')).toEqual(
      of().terraform.backend!['s3' as never],
    );
  });

  it('is in the bucket afterwards, with the bucket adopted', () => {
    const template = of();
    expect(template.terraform.backend).toMatchObject({
      s3: { key: 'bootstrap/terraform.tfstate', allowed_account_ids: ['123456789012'] },
    });
    expect(imports(template).filter(({ to }) => !to.includes('service_linked'))).toEqual([
      { to: expect.stringContaining('aws_s3_bucket.'), id: stateBucketName('123456789012', 'eu-west-1') },
    ]);
    expect(template.addresses().join()).not.toContain('terraform_data');
  });
});

describe('the service-linked roles', () => {
  const expected = ['rds', 'autoscaling', 'elasticloadbalancing'].map((service) => `${service}.amazonaws.com`);

  it.each([
    ['from the first run on', { stateFile }],
    ['and later', {}],
  ])('are made where the account lacks them and adopted where it has them, %s', (_, props) => {
    const template = of(props);
    const roles = Object.values(template.resources('aws_iam_service_linked_role'));
    expect(roles.map(({ aws_service_name }) => aws_service_name).sort()).toEqual([...expected].sort());
    for (const one of roles) expect(one.lifecycle).toMatchObject({ prevent_destroy: true });
    const adopted = imports(template).filter(({ to }) => to.startsWith('aws_iam_service_linked_role.'));
    expect(adopted).toHaveLength(expected.length);
    for (const { for_each, id } of adopted) {
      expect(for_each).toMatch(/for name in data\.aws_iam_roles\.\S+\.names : name if name == "AWSServiceRoleFor\w+"/);
      expect(id).toMatch(/^arn:aws:iam::123456789012:role\/aws-service-role\/\w+\.amazonaws\.com\/\$\{each\.key\}$/);
    }
  });

  it('are those of one bootstrap of an account', () => {
    expect(of({ serviceLinkedRoles: false }).resources('aws_iam_service_linked_role')).toEqual({});
  });
});

describe('the roles of the workflows', () => {
  it('are not there without a repository', () => {
    expect(of().addresses().join()).not.toContain('aws_iam_role');
  });

  it('trust one repository: pull requests and the main branch to plan, the GitHub environment to apply', () => {
    const template = of({ deliver });
    const subjects = (name: string) => {
      const [trust] = statements(role(template, name).assume_role_policy);
      const condition = trust?.Condition as { StringEquals: Record<string, unknown> };
      expect(condition.StringEquals['token.actions.githubusercontent.com:aud']).toBe('sts.amazonaws.com');
      return condition.StringEquals['token.actions.githubusercontent.com:sub'];
    };
    expect(subjects(planRoleName('dev'))).toEqual([
      'repo:example/mlflow:pull_request',
      'repo:example/mlflow:ref:refs/heads/main',
    ]);
    expect(subjects(applyRoleName('dev'))).toEqual(['repo:example/mlflow:environment:dev']);
  });

  it('trust the subjects with GitHub’s numbers too, letter by letter', () => {
    const repository = { name: 'example/mlflow', numbers: { ownerId: '123456', repositoryId: '456789' } };
    const template = of({ deliver: [{ ...deliver[0]!, repository }] });
    const trust = (name: string) => statements(role(template, name).assume_role_policy)[0]?.Condition;
    expect(trust(applyRoleName('dev'))).toEqual({
      StringEquals: {
        'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
        'token.actions.githubusercontent.com:sub': [
          'repo:example/mlflow:environment:dev',
          'repo:example@123456/mlflow@456789:environment:dev',
        ],
      },
    });
    expect(JSON.stringify(trust(planRoleName('dev')))).toContain('repo:example@123456/mlflow@456789:pull_request');
    expect(JSON.stringify(trust(planRoleName('dev')))).not.toContain('*');
  });

  it('are adopted where they are there, with the OIDC provider', () => {
    const template = of({ deliver });
    expect(imports(template).map(({ to }) => to.split('.')[0])).toEqual([
      ...Array.from({ length: 3 }, () => 'aws_iam_service_linked_role'),
      'aws_s3_bucket',
      'aws_iam_role',
      'aws_iam_role',
      'aws_iam_openid_connect_provider',
    ]);
    expect(imports(of({ deliver, existingOidcProvider: true })).map(({ to }) => to.split('.')[0])).not.toContain(
      'aws_iam_openid_connect_provider',
    );
  });
});

describe('least privilege', () => {
  const policies = (kind: string) =>
    Object.entries(of({ deliver }).resources('aws_iam_role_policy'))
      .filter(([id]) => id.startsWith(`delivery-dev_${kind}-`))
      .flatMap(([, { name, policy }]) => statements(policy).map((statement) => ({ policy: name, ...statement })));
  const list = (value: unknown): string[] => [value].flat() as string[];

  it('planning writes nothing but the lock file, and reads no secret’s value', () => {
    const writes = policies('plan').flatMap(({ Effect, Action, Resource }: Record<string, unknown>) =>
      Effect === 'Allow' &&
      list(Action).some((action) => !/:(Get|List|Describe|View|Decrypt|GenerateDataKey)/.test(action))
        ? list(Resource)
        : [],
    );
    expect(writes).toEqual([
      `arn:aws:s3:::${stateBucketName('123456789012', 'eu-west-1')}/dev/terraform.tfstate.tflock`,
    ]);
    const secrets = policies('plan').filter((statement) =>
      list((statement as never)['Action'])
        .join()
        .includes('GetSecretValue'),
    );
    expect(secrets).toEqual([expect.objectContaining({ Effect: 'Deny', Resource: '*' })]);
  });

  it('an environment’s roles reach no other environment’s state, roles or buckets', () => {
    const resources = [...policies('plan'), ...policies('apply')]
      .filter(
        ({ Sid }: Record<string, unknown>) =>
          !['ReadSettings', 'Regional', 'FindState', 'StateKey'].includes(Sid as string),
      )
      .flatMap(({ Resource }: Record<string, unknown>) => list(Resource))
      .filter((arn) => /:(iam|s3):/.test(arn) && !arn.includes('aws-service-role'));
    for (const arn of resources) expect(arn).toMatch(/[/:-]dev[/-]/);
  });

  it('every name of a bucket that is known beforehand counts in this account only', () => {
    const onBuckets = [...policies('plan'), ...policies('apply')].filter(({ Resource }: Record<string, unknown>) =>
      list(Resource).some((arn) => arn.startsWith('arn:aws:s3:::')),
    );
    expect(onBuckets.length).toBeGreaterThan(5);
    for (const { Sid, Condition } of onBuckets as Record<string, unknown>[]) {
      expect([Sid, JSON.stringify(Condition)]).toEqual([
        Sid,
        expect.stringContaining('"aws:ResourceAccount":"123456789012"'),
      ]);
    }
  });

  it('deploying may do what AWS asks beside the action that is called', () => {
    const allowed = policies('apply').flatMap(({ Effect, Action }: Record<string, unknown>) =>
      Effect === 'Deny' ? [] : list(Action),
    );
    // An interface endpoint with private DNS; a role whose description changes (provider, internal/service/iam/role.go).
    for (const action of ['route53:AssociateVPCWithHostedZone', 'iam:UpdateRoleDescription', 'iam:UpdateRole']) {
      expect(allowed).toContain(action);
    }
  });

  it.each(['plan', 'apply'])('the policies of the role that %ss fit into a role', (kind) => {
    // Source: IAM user guide, "IAM and AWS STS quotas": 10,240 characters for all inline policies of a role.
    const sizes = Object.entries(of({ deliver }).resources('aws_iam_role_policy'))
      .filter(([id]) => id.startsWith(`delivery-dev_${kind}-`))
      .map(([, { policy }]) => (policy as string).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(10_240);
  });

  it('lists every wildcard that stays', () => {
    const wildcards = [...policies('plan'), ...policies('apply')].flatMap((statement) => {
      const { policy, Sid, Effect, Action, Resource, Condition } = statement as Record<string, unknown>;
      const actions = list(Action).filter((action) => action.includes('*'));
      const resources = list(Resource).filter((resource) => resource.includes('*'));
      const bounded =
        Condition === undefined ? '' : `, if ${Object.keys(Object.values(Condition as object)[0]).join()}`;
      return actions.length + resources.length === 0
        ? []
        : [
            `${policy}/${Sid} ${Effect}: ${actions.join(' ') || 'named actions'} on ${resources.join(' ') || 'named resources'}${bounded}`,
          ];
    });
    expect([...new Set(wildcards)]).toMatchSnapshot();
  });
});

it('keeps its addresses', () => {
  expect(of({ deliver }).addresses()).toMatchSnapshot();
});
