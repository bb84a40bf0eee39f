import { Address4 } from 'ip-address';
import { range } from './addresses';

/** What a range of IPv4 addresses is set aside for. */
export interface SpecialRange {
  /** The range. */
  readonly cidr: string;
  /** `private` addresses are good inside a network, `documentation` ones stand for some of one's own, `nobody` has the rest. */
  readonly for: 'private' | 'documentation' | 'nobody';
  /** What it is called, and the document that says so. */
  readonly name: string;
}

/**
 * Ranges that no client on the internet has an address in.
 * Source: IANA IPv4 Special-Purpose Address Registry and IPv4 Multicast Address Space Registry (read in November 2026).
 */
export const specialRanges: readonly SpecialRange[] = [
  { cidr: '0.0.0.0/8', for: 'nobody', name: '"this network" (RFC 791)' },
  { cidr: '10.0.0.0/8', for: 'private', name: 'private (RFC 1918)' },
  { cidr: '100.64.0.0/10', for: 'private', name: 'shared behind a provider’s NAT (RFC 6598)' },
  { cidr: '127.0.0.0/8', for: 'nobody', name: 'loopback (RFC 1122)' },
  { cidr: '169.254.0.0/16', for: 'nobody', name: 'link-local (RFC 3927)' },
  { cidr: '172.16.0.0/12', for: 'private', name: 'private (RFC 1918)' },
  { cidr: '192.0.0.0/24', for: 'nobody', name: 'for protocols (RFC 6890)' },
  { cidr: '192.0.2.0/24', for: 'documentation', name: 'for documentation (RFC 5737)' },
  { cidr: '192.88.99.0/24', for: 'nobody', name: 'of 6to4 relays that are gone (RFC 7526)' },
  { cidr: '192.168.0.0/16', for: 'private', name: 'private (RFC 1918)' },
  { cidr: '198.18.0.0/15', for: 'nobody', name: 'for benchmarks (RFC 2544)' },
  { cidr: '198.51.100.0/24', for: 'documentation', name: 'for documentation (RFC 5737)' },
  { cidr: '203.0.113.0/24', for: 'documentation', name: 'for documentation (RFC 5737)' },
  { cidr: '224.0.0.0/4', for: 'nobody', name: 'multicast (RFC 5771)' },
  { cidr: '240.0.0.0/4', for: 'nobody', name: 'reserved (RFC 1112)' },
];

/** The special range that a range lies in, if any. */
export function specialRange(cidr: string): SpecialRange | undefined {
  const address = range(cidr);
  return address && specialRanges.find((special) => address.isInSubnet(new Address4(special.cidr)));
}
