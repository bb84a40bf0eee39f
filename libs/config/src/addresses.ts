import { Address4 } from 'ip-address';
import type { Environment } from './schema';

/** The subnets of a VPC, one per Availability Zone. */
export interface SubnetCidrs {
  readonly public: readonly string[];
  readonly private: readonly string[];
}

/** What the subnets follow from. */
export interface SubnetPlan {
  readonly network: Pick<
    Environment['network'],
    'cidr' | 'availabilityZoneCount' | 'publicSubnetCidrs' | 'privateSubnetCidrs'
  >;
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
export function subnetCidrs({ network }: SubnetPlan): SubnetCidrs {
  const vpc = new Address4(network.cidr);
  const prefix = vpc.subnetMask + 5;
  const part = (index: number) => {
    const start = vpc.startAddress().bigInt() + BigInt(index) * (1n << BigInt(32 - prefix));
    return `${Address4.fromBigInt(start).correctForm()}/${prefix}`;
  };
  const planned = (first: number) =>
    Array.from({ length: network.availabilityZoneCount }, (_, index) => part(first + index));
  return { public: network.publicSubnetCidrs ?? planned(0), private: network.privateSubnetCidrs ?? planned(16) };
}
