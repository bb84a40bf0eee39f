import { Address4 } from 'ip-address';
import type { Environment } from './schema';

/** The subnets of a VPC, one per Availability Zone. */
export interface SubnetCidrs {
  readonly public: readonly string[];
  readonly private: readonly string[];
}

/** An IPv4 range, or undefined when the text is not one. */
export function range(cidr: string): Address4 | undefined {
  return Address4.isValid(cidr) ? new Address4(cidr) : undefined;
}

/** The range as AWS writes it: with no address bit set behind the prefix. */
export function canonical(address: Address4): string {
  return `${address.startAddress().correctForm()}/${address.subnetMask}`;
}

/**
 * The subnets of an environment: those given, or planned ones.
 *
 * Planned, a VPC is cut into 32 parts of the same size: public subnets take the first, private ones those from the middle on.
 */
export function subnetCidrs(environment: Pick<Environment, 'network'>): SubnetCidrs {
  const { cidr, availabilityZoneCount, publicSubnetCidrs, privateSubnetCidrs } = environment.network;
  const vpc = new Address4(cidr);
  const prefix = vpc.subnetMask + 5;
  const part = (index: number) => {
    const start = vpc.startAddress().bigInt() + BigInt(index) * (1n << BigInt(32 - prefix));
    return `${Address4.fromBigInt(start).correctForm()}/${prefix}`;
  };
  const planned = (first: number) => Array.from({ length: availabilityZoneCount }, (_, index) => part(first + index));
  return { public: publicSubnetCidrs ?? planned(0), private: privateSubnetCidrs ?? planned(16) };
}
