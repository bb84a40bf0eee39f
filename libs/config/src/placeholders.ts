import { isExampleName } from './domains';
import type { Environment } from './schema';
import { show } from './show';
import { specialRange } from './special-addresses';

/** Account ids of AWS's own examples. */
const exampleAccounts = ['123456789012', '111122223333', '444455556666', '000000000000'];

/**
 * What an environment still has of the examples that this repository is shipped with, a line each.
 *
 * It is no mistake: they synthesize and run on the emulated AWS. On a real one they reach nobody, or somebody else.
 */
export function placeholders({
  accountId,
  access,
  loadBalancer,
  observability,
  github,
}: Environment): readonly string[] {
  const host = (path: string, value = '') =>
    isExampleName(value.replace(/^.*[@/]/, '')) ? [[path, value] as const] : [];
  const ranges = (path: string, cidrs: readonly string[]) =>
    cidrs.flatMap((cidr, index) =>
      specialRange(cidr)?.for === 'documentation' ? [[`${path}[${index}]`, cidr] as const] : [],
    );
  return [
    ...(exampleAccounts.includes(accountId) ? [['accountId', accountId] as const] : []),
    ...ranges('access.trackingCidrs', access.trackingCidrs),
    ...ranges('access.ssh.cidrs', access.ssh.cidrs),
    ...host('loadBalancer.domainName', loadBalancer?.domainName),
    ...(/^Z0123456789/.test(loadBalancer?.hostedZoneId ?? '')
      ? [['loadBalancer.hostedZoneId', loadBalancer?.hostedZoneId] as const]
      : []),
    ...host('loadBalancer.oidc.issuer', loadBalancer?.oidc && new URL(loadBalancer.oidc.issuer).hostname),
    ...host('observability.alarmEmail', observability.alarmEmail),
    ...(/^(example|owner)\//.test(github?.repository ?? '')
      ? [['github.repository', github?.repository] as const]
      : []),
  ].map(([path, value]) => `${path}: ${show(value, path)} is an example, in place of which your own belongs`);
}
