import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { S3Backend, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { environmentTags, stateBucketName, stateKey } from './naming';

/** What identifies an environment: where it lives and what its resources are called. */
export interface EnvironmentStackProps {
  /** Name of the environment; prefixes every name that AWS wants unique. */
  readonly name: string;
  /** The only AWS account, 12 digits, that provider and backend accept credentials of. */
  readonly accountId: string;
  /** AWS region of every resource and of the state. */
  readonly region: string;
  /**
   * Tags on every resource beside our own.
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * A stack of one environment: AWS provider with account guard and default tags, state in S3 with native locking.
 *
 * One stack is one environment, without references to another, so a first plan always works.
 */
export class EnvironmentStack extends TerraformStack {
  public constructor(scope: Construct, id: string, props: EnvironmentStackProps) {
    super(scope, id);
    declareAwsProvider(this, props);
    useRemoteState(this, props);
  }
}

/** Declares the AWS provider of a stack: region, account guard, default tags and the range of accepted versions. */
export function declareAwsProvider(stack: TerraformStack, props: EnvironmentStackProps): AwsProvider {
  const provider = new AwsProvider(stack, 'aws', {
    region: props.region,
    allowedAccountIds: [props.accountId],
    defaultTags: [{ tags: environmentTags(props.name, props.tags) }],
  });
  // The bindings pin the one version they were generated from; later minor versions only add to it.
  stack.addOverride('terraform.required_providers.aws.version', '~> 6.25');
  // use_lockfile came with 1.10, write-only arguments with 1.11: older releases would fail late and obscurely.
  stack.addOverride('terraform.required_version', '>= 1.11.0');
  return provider;
}

/** Keeps the state of a stack in the account's state bucket, with a native lock file. */
export function useRemoteState(stack: TerraformStack, props: EnvironmentStackProps): void {
  const { use_lockfile, allowed_account_ids, ...config } = stateBackend(props);
  new S3Backend(stack, { ...config, allowedAccountIds: [...allowed_account_ids] });
  // cdktf 0.21 has no property for it: https://developer.hashicorp.com/terraform/language/backend/s3#state-locking
  stack.addOverride('terraform.backend.s3.use_lockfile', use_lockfile);
}

/**
 * The S3 backend of a stack, in Terraform's own words.
 *
 * Without `encrypt`, which would ask for S3's own keys: the bucket encrypts what comes without a wish by its KMS key.
 */
export function stateBackend({
  name,
  accountId,
  region,
}: Pick<EnvironmentStackProps, 'name' | 'accountId' | 'region'>) {
  return {
    bucket: stateBucketName(accountId, region),
    key: stateKey(name),
    region,
    use_lockfile: true,
    allowed_account_ids: [accountId],
  } as const;
}
