/** Name of the S3 bucket that holds the Terraform state of every environment in one account and region. */
export function stateBucketName(accountId: string, region: string): string {
  return `mlflow-on-aws-state-${accountId}-${region}`;
}

/** Key of an environment's Terraform state inside the state bucket. */
export function stateKey(environment: string): string {
  return `${environment}/terraform.tfstate`;
}

/** Key of the lock file beside it. Source: Terraform, S3 backend, "State Locking". */
export function stateLockKey(environment: string): string {
  return `${stateKey(environment)}.tflock`;
}

/** Name of the IAM role that plans an environment in pull requests and at night; the workflows ask for it by this name. */
export function planRoleName(environment: string): string {
  return `mlflow-on-aws-plan-${environment}`;
}

/** Name of the IAM role that deploys an environment; the workflows ask for it by this name. */
export function applyRoleName(environment: string): string {
  return `mlflow-on-aws-apply-${environment}`;
}

/** Seconds that credentials of these roles may last: a database takes a while to be made, and nothing renews them. */
export const maxSessionSeconds = 7200;

/** Name of a resource that AWS wants unique in an account: the environment, a hyphen, the part. */
export function resourceName(environment: string, part: string): string {
  return `${environment}-${part}`;
}

/**
 * Tags that every resource of an environment carries.
 * @param tags the environment's own tags; they cannot replace ours
 */
export function environmentTags(
  environment: string,
  tags: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return { ...tags, Project: 'mlflow-on-aws', Environment: environment, ManagedBy: 'terraform' };
}
