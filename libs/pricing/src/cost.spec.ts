import { estimate, type Resource } from '.';

const region = 'us-east-1';
const one = (type: string, values: Resource['values'] = {}, name = 'it'): Resource => ({
  address: `${type}.${name}`,
  type,
  values,
});

describe('estimate', () => {
  it('prices a server with its volume and its address, and knows the free tier', () => {
    const server = one('aws_instance', {
      instance_type: 't3.micro',
      associate_public_ip_address: true,
      root_block_device: [{ volume_type: 'gp3', volume_size: 8 }],
    });
    const { monthly, free, lines } = estimate([server], region);
    // 730 hours of $0.0104 and $0.005, and 8 GiB of $0.08
    expect(monthly).toBeCloseTo(7.592 + 3.65 + 0.64);
    expect(free).toBeCloseTo(monthly);
    expect(lines.map(({ what }) => what)).toEqual(['server t3.micro', 'public IPv4 address', '8 GiB gp3 volume']);
  });

  it('counts both copies of a Multi-AZ database, which no free tier covers', () => {
    const values = { instance_class: 'db.t4g.micro', storage_type: 'gp3', allocated_storage: 20 };
    const single = estimate([one('aws_db_instance', { ...values, multi_az: false })], region);
    const double = estimate([one('aws_db_instance', { ...values, multi_az: true })], region);
    expect(double.monthly).toBeCloseTo(2 * single.monthly);
    expect([single.free, double.free]).toEqual([single.monthly, 0]);
  });

  it('gives a read replica the size of its source', () => {
    const values = { instance_class: 'db.t4g.micro', storage_type: 'gp3' };
    const source = one('aws_db_instance', { ...values, allocated_storage: 50, replicate_source_db: null }, 'source');
    const replica = one('aws_db_instance', { ...values, replicate_source_db: 'source' }, 'replica');
    const { monthly, unpriced } = estimate([replica, source], region);
    expect(monthly).toBeCloseTo(2 * estimate([source], region).monthly);
    expect(unpriced).toEqual([]);
  });

  it('counts the servers of a group by its launch template, as many as it has at least', () => {
    const template = one('aws_launch_template', {
      instance_type: 't4g.small',
      block_device_mappings: [{ ebs: [{ volume_type: 'gp3', volume_size: 10 }] }],
    });
    const group = one('aws_autoscaling_group', { min_size: 3, max_size: 6 });
    expect(estimate([template, group], region).monthly).toBeCloseTo(3 * (0.0168 * 730 + 0.8));
    const { monthly, unpriced } = estimate([group], region);
    expect(monthly).toBe(0);
    expect(unpriced).toEqual([expect.objectContaining({ address: 'aws_autoscaling_group.it' })]);
  });

  it('counts an interface endpoint in each of its zones, and a gateway endpoint not at all', () => {
    const subnet_ids = ['${aws_subnet.a.id}', '${aws_subnet.b.id}'];
    const both = [one('aws_vpc_endpoint', { vpc_endpoint_type: 'Interface', subnet_ids }), one('aws_vpc_endpoint')];
    expect(estimate(both, region).monthly).toBeCloseTo(2 * 7.3);
    const { monthly, unpriced } = estimate([one('aws_vpc_endpoint', { vpc_endpoint_type: 'Interface' })], region);
    expect([monthly, unpriced.length]).toEqual([0, 1]);
  });

  it('has ten alarms free, and no more', () => {
    const alarms = Array.from({ length: 12 }, (_, index) => one('aws_cloudwatch_metric_alarm', {}, `a${index}`));
    const { monthly, free } = estimate(alarms, region);
    expect(monthly).toBeCloseTo(1.2);
    expect(free).toBeCloseTo(1);
  });

  it('lists what is billed by usage, what it does not know and what has no price here, and counts none of it', () => {
    const { monthly, byUsage, unpriced } = estimate(
      [
        one('aws_s3_bucket'),
        one('aws_sagemaker_domain'),
        one('aws_db_instance', { instance_class: 'db.x9.large', storage_type: 'io2', allocated_storage: 1 }),
        one('aws_subnet'),
      ],
      region,
    );
    expect(monthly).toBe(0);
    expect(byUsage.map(({ address }) => address)).toEqual(['aws_s3_bucket.it', 'aws_db_instance.it']);
    expect(unpriced).toEqual([
      { address: 'aws_sagemaker_domain.it', what: 'aws_sagemaker_domain', why: 'no rule for aws_sagemaker_domain' },
      { address: 'aws_db_instance.it', what: 'database db.x9.large', why: 'no price of this class' },
      { address: 'aws_db_instance.it', what: 'database storage io2', why: 'no price of this storage' },
    ]);
  });

  it('takes no other region’s prices', () => {
    const { monthly, unpriced, asOf } = estimate([one('aws_kms_key')], 'eu-central-1');
    expect([monthly, asOf]).toEqual([0, undefined]);
    expect(unpriced[0]?.why).toBe('no prices of eu-central-1, only of us-east-1');
  });
});
