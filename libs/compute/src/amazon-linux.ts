/**
 * Name of the SSM public parameter that holds the newest Amazon Linux 2023 image for an instance type's processor.
 * Source: Amazon Linux 2023 user guide, "Launching AL2023 using the SSM parameter".
 */
export function amazonLinuxParameter(instanceType: string): string {
  return `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${isGraviton(instanceType) ? 'arm64' : 'x86_64'}`;
}

/**
 * Whether an instance type has an AWS Graviton (arm64) processor: a `g` among the letters after the generation.
 * Source: EC2 instance types guide, "Amazon EC2 instance type naming conventions".
 */
function isGraviton(instanceType: string): boolean {
  return /^[a-z]+\d+[a-z]*g[a-z]*\./.test(instanceType) || instanceType.startsWith('a1.');
}
