import { declareAwsProvider, type EnvironmentStackProps } from '@mlflow-on-aws/foundation';
import { StateBucket } from '@mlflow-on-aws/storage';
import { TerraformOutput, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';

/** What an account needs once, before its first environment: the bucket of the Terraform state. Its own state stays on disk. */
export class AccountBootstrap extends TerraformStack {
  public constructor(scope: Construct, id: string, account: Pick<EnvironmentStackProps, 'accountId' | 'region'>) {
    super(scope, id);
    declareAwsProvider(this, { ...account, name: id });
    const bucket = new StateBucket(this, 'state-bucket', account);
    new TerraformOutput(this, 'state_bucket', {
      description: 'S3 bucket of the Terraform state of every environment',
      value: bucket.bucketName,
      staticId: true,
    });
  }
}
