import type { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { grantTo, ofAccount, type Grantee } from '@mlflow-on-aws/foundation';
import { Construct } from 'constructs';

/** Where the wheels are. */
export interface WheelhouseProps {
  /** S3 address of the folder, such as `s3://bucket/wheels`. */
  readonly url: string;
  /** AWS account that the bucket is in, 12 digits: a name that is free again may be somebody else's tomorrow. */
  readonly accountId: string;
}

/** Python packages in a bucket that is there already, for servers that do not reach PyPI. */
export class Wheelhouse extends Construct {
  public constructor(
    scope: Construct,
    id: string,
    private readonly props: WheelhouseProps,
  ) {
    super(scope, id);
  }

  /** Lets a role fetch the wheels, and nothing else in the bucket. */
  public grantRead(role: Grantee): IamRolePolicy {
    const [bucket, ...path] = this.props.url.replace('s3://', '').split('/');
    const objects = `${path.join('/')}/*`;
    return grantTo(this, role, {
      id: 'read',
      name: 'read-wheelhouse',
      statements: [
        {
          Sid: 'Wheels',
          Action: 's3:GetObject',
          Resource: `arn:aws:s3:::${bucket}/${objects}`,
          Condition: ofAccount(this.props.accountId),
        },
        {
          Sid: 'ListWheels',
          Action: 's3:ListBucket',
          Resource: `arn:aws:s3:::${bucket}`,
          Condition: { StringLike: { 's3:prefix': objects }, ...ofAccount(this.props.accountId) },
        },
      ],
    });
  }
}
