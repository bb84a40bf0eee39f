import { accepts, dev, prod, refuses, type Case } from '../spec-helpers';

const existing = {
  vpcId: 'vpc-0123456789abcdef0',
  publicSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
  privateSubnetIds: ['subnet-0123456789abcdef2', 'subnet-0123456789abcdef3'],
};
const nobodys = [
  ['0.0.0.0/32', '"this network"'],
  ['127.0.0.1/32', 'loopback'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.169.254/32', 'link-local'],
  ['192.0.0.8/32', 'for protocols'],
  ['192.88.99.0/24', 'of 6to4 relays'],
  ['198.18.0.0/15', 'for benchmarks'],
  ['224.0.0.0/8', 'multicast'],
  ['239.1.2.3/32', 'multicast'],
  ['240.0.0.0/8', 'reserved'],
  ['255.255.255.255/32', 'reserved'],
] as const;
const privates = ['10.0.0.0/8', '10.1.2.3/32', '172.16.0.0/12', '172.31.7.0/24', '192.168.0.0/16', '100.64.0.0/10'];

const open = {
  'access.sshPublicKey': 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH',
};

describe.each([
  ['the server of dev', dev],
  ['the load balancer and the fleet of prod', prod],
] as const)('%s', (_, base) => {
  describe('is reached by nobody who has an address', () => {
    refuses(
      base,
      ['access.trackingCidrs', 'access.ssh.cidrs'].flatMap((path) =>
        nobodys.map(([cidr, name]): Case => [{ ...open, [path]: [cidr] }, [`${path}[0]: got "${cidr}", want `, name]]),
      ),
    );
  });
});

describe('a public address', () => {
  const told = 'want the public addresses of those who come';
  refuses(
    dev,
    privates.map((cidr): Case => [
      { ...open, 'access.trackingCidrs': ['203.0.113.7/32', cidr], 'access.ssh.cidrs': [cidr] },
      `access.trackingCidrs[1]: got "${cidr}", ${told}: no client of the server’s public address has an address that is`,
      `access.ssh.cidrs[0]: got "${cidr}", ${told}: no client of the server’s public address`,
    ]),
  );
  refuses(
    prod,
    privates.map((cidr): Case => [
      { 'access.trackingCidrs': [cidr] },
      `access.trackingCidrs[0]: got "${cidr}", ${told}, or loadBalancer.scheme internal: no client of the internet-facing`,
    ]),
  );
  accepts(dev, [
    { 'access.trackingCidrs': ['1.1.1.1/32', '203.0.113.0/24', '192.0.0.0/16', '172.32.0.0/16', '100.128.0.0/10'] },
    { ...open, 'access.ssh.cidrs': ['198.51.100.7/32'] },
    // Whoever is in that network reaches the server by its private address.
    {
      ...open,
      'network.existing': existing,
      'access.trackingCidrs': ['10.0.0.0/8'],
      'access.ssh.cidrs': ['10.0.0.0/8'],
    },
  ]);
});

describe('a private address', () => {
  const told = 'want a private range such as that of the VPN';
  refuses(prod, [
    [
      { 'loadBalancer.scheme': 'internal', 'access.trackingCidrs': ['8.8.8.0/24', '203.0.113.0/24'] },
      `access.trackingCidrs[0]: got "8.8.8.0/24", ${told}: the internal load balancer has no public address`,
      `access.trackingCidrs[1]: got "203.0.113.0/24", ${told}: no client of the internal load balancer has`,
    ],
    [
      { 'loadBalancer.scheme': 'internal', 'access.trackingCidrs': ['127.0.0.0/8'] },
      `access.trackingCidrs[0]: got "127.0.0.0/8", ${told}: no client of the internal load balancer`,
    ],
    [
      { ...open, 'access.ssh.cidrs': ['8.8.8.8/32'] },
      `access.ssh.cidrs[0]: got "8.8.8.8/32", ${told}: servers in private subnets`,
    ],
    [{ 'loadBalancer.scheme': 'public' }, 'loadBalancer.scheme: got "public", want internet-facing or internal'],
    // What is wrong itself is nothing to measure ranges against.
    [
      { 'loadBalancer.scheme': 'intern', 'access.trackingCidrs': ['10.0.0.0/8'] },
      'loadBalancer.scheme: got "intern", want internet-facing or internal',
    ],
  ]);
  accepts(prod, [
    { 'loadBalancer.scheme': 'internal', 'access.trackingCidrs': ['10.0.0.0/8', '100.64.0.0/10'] },
    { ...open, 'access.ssh.cidrs': ['172.16.0.0/12'] },
  ]);
});
