import { grantee, statements, Template } from '@mlflow-on-aws/testing';
import { Wheelhouse } from './wheelhouse';

it.each([
  ['s3://wheels/mlflow', 'arn:aws:s3:::wheels', 'mlflow/*'],
  ['s3://wheels/team/mlflow', 'arn:aws:s3:::wheels', 'team/mlflow/*'],
])('lets a role read and list %s, and nothing beside it', (url, bucket, objects) => {
  const template = Template.of(
    (stack) => void new Wheelhouse(stack, 'wheels', { url, accountId: '123456789012' }).grantRead(grantee('server')),
  );
  expect(statements(template.resource('aws_iam_role_policy').policy)).toEqual([
    expect.objectContaining({ Action: 's3:GetObject', Resource: `${bucket}/${objects}` }),
    expect.objectContaining({
      Action: 's3:ListBucket',
      Resource: bucket,
      Condition: { StringLike: { 's3:prefix': objects }, StringEquals: { 'aws:ResourceAccount': '123456789012' } },
    }),
  ]);
});
