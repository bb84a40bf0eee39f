import { declareAwsProvider, type EnvironmentStackProps } from '@mlflow-on-aws/foundation';
import { StateBucket } from '@mlflow-on-aws/storage';
import { TerraformOutput, TerraformStack, type App } from 'cdktf';

/** Composes the stack `bootstrap`: what an account needs once, before its first environment. Its own state stays on disk. */
export function composeBootstrap(app: App, account: Pick<EnvironmentStackProps, 'accountId' | 'region'>): TerraformStack {
  const stack = new TerraformStack(app, 'bootstrap');
  declareAwsProvider(stack, { ...account, name: 'bootstrap' });
  const bucket = new StateBucket(stack, 'state-bucket', account);
  new TerraformOutput(stack, 'state_bucket', {
    description: 'S3 bucket of the Terraform state of every environment',
    value: bucket.bucketName,
    staticId: true,
  });
  return stack;
}
