/** One statement of an IAM or resource policy, in the words of the policy language. */
export interface PolicyStatement {
  /** What the statement is for, one word. */
  readonly Sid: string;
  /** @default 'Allow' */
  readonly Effect?: 'Allow' | 'Deny';
  /**
   * Whom a resource policy speaks of.
   * @default - the role that an IAM policy is attached to
   */
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>;
  /** Actions, each by its name. */
  readonly Action: string | readonly string[];
  /** ARNs that the actions may be used on. */
  readonly Resource?: string | readonly string[];
  /** @default - always */
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/**
 * Renders a policy as JSON text.
 *
 * Text instead of a data source, so that a plan shows the statements and not "known after apply".
 * Source: IAM user guide, "IAM JSON policy element reference".
 */
export function policyDocument(...statements: readonly PolicyStatement[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map(({ Sid, Effect = 'Allow', ...rest }) => ({ Sid, Effect, ...rest })),
  });
}

/**
 * The condition that a resource belongs to an account: names of buckets are known beforehand, and whoever makes one first has it.
 * Source: IAM user guide, "AWS global condition context keys", aws:ResourceAccount.
 */
export function ofAccount(accountId: string): { readonly StringEquals: { readonly 'aws:ResourceAccount': string } } {
  return { StringEquals: { 'aws:ResourceAccount': accountId } };
}

/** The trust policy of a role that one AWS service takes on. */
export function assumedByService(service: string): string {
  return policyDocument({ Sid: 'AssumedByService', Principal: { Service: service }, Action: 'sts:AssumeRole' });
}

/**
 * The statement of a bucket policy that refuses every request without TLS.
 * Source: Amazon S3 user guide, "Security best practices", "Enforce encryption of data in transit".
 */
export function denyWithoutTls(bucketArn: string): PolicyStatement {
  return {
    Sid: 'DenyWithoutTls',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}
