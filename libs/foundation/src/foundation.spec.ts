import { Template, testApp } from '@mlflow-on-aws/testing';
import { EnvironmentStack } from './environment-stack';
import { environmentTags, stateBucketName } from './naming';

const template = Template.fromStack(
  new EnvironmentStack(testApp(), 'dev', {
    name: 'dev',
    accountId: '123456789012',
    region: 'eu-west-1',
    tags: { Team: 'ml' },
  }),
);

describe('EnvironmentStack', () => {
  it('keeps its state in the account’s bucket, encrypted as the bucket says, with a native lock file', () => {
    expect(template.terraform.backend).toEqual({
      s3: {
        bucket: stateBucketName('123456789012', 'eu-west-1'),
        key: 'dev/terraform.tfstate',
        region: 'eu-west-1',
        use_lockfile: true,
        allowed_account_ids: ['123456789012'],
      },
    });
  });

  it('refuses the credentials of another account', () => {
    const [provider] = JSON.parse(template.text).provider.aws;
    expect(provider.allowed_account_ids).toEqual(['123456789012']);
  });

  it('tags everything', () => {
    const [provider] = JSON.parse(template.text).provider.aws;
    expect(provider.default_tags[0].tags).toEqual({
      Team: 'ml',
      Project: 'mlflow-on-aws',
      Environment: 'dev',
      ManagedBy: 'terraform',
    });
  });

  it('accepts later minor versions of the provider and no Terraform without lock files', () => {
    expect(template.terraform).toMatchObject({
      required_version: '>= 1.11.0',
      required_providers: { aws: { version: '~> 6.25' } },
    });
  });
});

describe('environmentTags', () => {
  it('does not let an environment pass for another', () => {
    expect(environmentTags('dev', { Environment: 'prod' }).Environment).toBe('dev');
  });
});
