import { grantee, statements, Template } from '@mlflow-on-aws/testing';
import { ServerBundle } from './server-bundle';

const sha256 = 'a'.repeat(64);

describe('ServerBundle', () => {
  const template = Template.of((stack) =>
    new ServerBundle(stack, 'bundle', {
      store: { bucketName: 'artifacts', bucketArn: 'arn:aws:s3:::artifacts' },
      path: __filename,
      sha256,
    }).grantRead(grantee('server')),
  );

  it('is an object named by its content, so that a new version never overwrites the old one', () => {
    expect(template.resource('aws_s3_object')).toMatchObject({ bucket: 'artifacts', key: `server/${sha256}.tar.gz` });
  });

  it('is read by the server and written by nobody', () => {
    expect(statements(template.resource('aws_iam_role_policy').policy)).toEqual([
      { Sid: 'ReadServerBundle', Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::artifacts/server/*' },
    ]);
  });
});
