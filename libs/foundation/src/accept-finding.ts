import type { TerraformElement } from 'cdktf';

/**
 * Accepts that a resource does not pass a check of the policy scanner.
 *
 * The reason is kept beside the resource in the synthesized stack, where the policy suite of apps/policy looks for it.
 * @param findings reasons by the id of the check, such as `CKV_AWS_18`
 */
export function acceptFindings(resource: TerraformElement, findings: Readonly<Record<string, string>>): void {
  for (const [check, reason] of Object.entries(findings)) resource.addOverride(`//.accepted.${check}`, reason);
}
