import { subnetCidrs } from './index';

describe('subnetCidrs', () => {
  it('plans a public and a private subnet for each zone', () => {
    expect(subnetCidrs({ network: { cidr: '10.20.0.0/16', availabilityZoneCount: 3 } })).toEqual({
      public: ['10.20.0.0/21', '10.20.8.0/21', '10.20.16.0/21'],
      private: ['10.20.128.0/21', '10.20.136.0/21', '10.20.144.0/21'],
    });
  });

  it('plans them into the smallest VPC', () => {
    expect(subnetCidrs({ network: { cidr: '192.168.2.0/23', availabilityZoneCount: 2 } })).toEqual({
      public: ['192.168.2.0/28', '192.168.2.16/28'],
      private: ['192.168.3.0/28', '192.168.3.16/28'],
    });
  });

  it('takes those given', () => {
    const publicSubnetCidrs = ['10.20.1.0/24', '10.20.2.0/24'];
    expect(subnetCidrs({ network: { cidr: '10.20.0.0/16', availabilityZoneCount: 2, publicSubnetCidrs } })).toEqual({
      public: publicSubnetCidrs,
      private: ['10.20.128.0/21', '10.20.136.0/21'],
    });
  });
});
