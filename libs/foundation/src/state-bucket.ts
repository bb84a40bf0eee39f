import { EnvHttpProxyAgent, request } from 'undici';
import { stateBucketName } from './naming';

/**
 * Whether an account's state bucket exists, asked without credentials: S3 answers 404 for a name that nobody has.
 * @returns undefined when S3 could not be asked, such as without a network
 */
export async function stateBucketExists(accountId: string, region: string): Promise<boolean | undefined> {
  try {
    const { statusCode } = await request(`https://${stateBucketName(accountId, region)}.s3.${region}.amazonaws.com/`, {
      method: 'HEAD',
      dispatcher: new EnvHttpProxyAgent({ connect: { timeout: 2_000 } }),
      headersTimeout: 3_000,
    });
    return statusCode !== 404;
  } catch {
    return undefined;
  }
}

/**
 * What to do in an account that has no state bucket yet.
 * @param stack the stack that makes it
 */
export function bootstrapHint(accountId: string, region: string, stack: string): string {
  return (
    `the state bucket ${stateBucketName(accountId, region)} does not exist yet: ` +
    `run "npx cdktf deploy ${stack}" once with credentials of account ${accountId}, then this command again`
  );
}
