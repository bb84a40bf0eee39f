import { stateBucketName } from '@mlflow-on-aws/foundation';
import { Template, testApp } from '@mlflow-on-aws/testing';
import { AccountBootstrap } from './account-bootstrap';

const template = Template.fromStack(
  new AccountBootstrap(testApp(), 'bootstrap', { accountId: '123456789012', region: 'eu-west-1' }),
);

describe('AccountBootstrap', () => {
  it('makes the bucket that environments keep their state in, and never destroys it', () => {
    expect(template.resource('aws_s3_bucket')).toMatchObject({
      bucket: stateBucketName('123456789012', 'eu-west-1'),
      lifecycle: { prevent_destroy: true },
    });
  });

  it('keeps its own state on disk: the bucket is not there yet', () => {
    expect(template.terraform).not.toHaveProperty('backend.s3');
  });

  it('keeps its addresses', () => {
    expect(template.addresses()).toMatchSnapshot();
  });
});
