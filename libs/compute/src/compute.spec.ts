import { statements, Template } from '@mlflow-on-aws/testing';
import { ServerInstance, type ServerInstanceProps } from './server-instance';
import { ServerRole } from './server-role';
import { ServerSecurityGroup, type ServerSecurityGroupProps } from './server-security-group';

const instance = (more: Partial<ServerInstanceProps> = {}) =>
  Template.of((stack) => {
    new ServerInstance(stack, 'server', {
      name: 'mlflow_tracking-server',
      network: { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'] },
      role: new ServerRole(stack, 'role', { name: 'dev-mlflow' }),
      securityGroup: new ServerSecurityGroup(stack, 'group', {
        name: 'dev-mlflow',
        vpcId: 'vpc-1',
        region: 'eu-west-1',
        port: 5000,
      }),
      instanceType: 't3.micro',
      rootVolumeGiB: 8,
      userData: '#!/bin/bash\n',
      ...more,
    });
  });

const group = (more: Partial<ServerSecurityGroupProps> = {}) =>
  Template.of(
    (stack) =>
      void new ServerSecurityGroup(stack, 'group', {
        name: 'dev-mlflow',
        vpcId: 'vpc-1',
        region: 'eu-west-1',
        port: 5000,
        ...more,
      }),
  );
const ingress = (template: Template) => Object.values(template.resources('aws_vpc_security_group_ingress_rule'));

describe('ServerInstance', () => {
  it('is the tutorial’s machine with an encrypted volume, IMDSv2 only and no surprise on the bill', () => {
    expect(instance().resource('aws_instance')).toMatchObject({
      instance_type: 't3.micro',
      root_block_device: { volume_size: 8, encrypted: true },
      metadata_options: { http_tokens: 'required' },
      credit_specification: { cpu_credits: 'unlimited' },
      tags: { Name: 'mlflow_tracking-server' },
    });
  });

  it('is replaced when what it runs changes, not when Amazon publishes an image', () => {
    expect(instance().resource('aws_instance')).toMatchObject({
      user_data_replace_on_change: true,
      lifecycle: { ignore_changes: expect.arrayContaining(['ami']) },
    });
  });

  it('is not replaced because somebody stopped it, which takes its address away', () => {
    expect(instance().resource('aws_instance')).toMatchObject({
      associate_public_ip_address: true,
      lifecycle: { ignore_changes: expect.arrayContaining(['associate_public_ip_address']) },
    });
  });

  it('says what it does without CPU credits, unless its type earns none', () => {
    const credits = (more: Partial<ServerInstanceProps>) =>
      instance(more).resource('aws_instance').credit_specification;
    expect(credits({ cpuCredits: 'standard' })).toEqual({ cpu_credits: 'standard' });
    expect(credits({ instanceType: 'm7g.large' })).toBeUndefined();
  });

  it.each([
    ['t3.micro', 'x86_64'],
    ['t2.micro', 'x86_64'],
    ['t4g.small', 'arm64'],
    ['m7gd.large', 'arm64'],
    ['g5.xlarge', 'x86_64'],
    ['g5g.xlarge', 'arm64'],
  ])('boots %s from the %s image of Amazon Linux 2023', (instanceType, architecture) => {
    expect(instance({ instanceType }).data('aws_ssm_parameter').name).toBe(
      `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`,
    );
  });

  it('has a key pair only when a public key is given', () => {
    expect(instance().resources('aws_key_pair')).toEqual({});
    const template = instance({ sshPublicKey: { name: 'dev-mlflow-key-pair', publicKey: 'ssh-ed25519 AAAA' } });
    expect(template.resource('aws_key_pair')).toMatchObject({
      key_name: 'dev-mlflow-key-pair',
      public_key: 'ssh-ed25519 AAAA',
    });
    expect(template.resource('aws_instance').key_name).toBeDefined();
  });
});

describe('ServerRole', () => {
  it('has Session Manager and nothing else', () => {
    const actions = Object.values(instance().resources('aws_iam_role_policy')).flatMap((policy) =>
      statements(policy.policy).flatMap((statement) => statement.Action as string[]),
    );
    expect(actions).toEqual([
      'ssm:UpdateInstanceInformation',
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ]);
    expect(instance().resources('aws_iam_role_policy_attachment')).toEqual({});
  });
});

describe('ServerSecurityGroup', () => {
  it('is closed until somebody is named', () => {
    expect(ingress(group())).toEqual([]);
  });

  it('opens the tracking port and SSH to the ranges named, each for itself', () => {
    const rules = ingress(
      group({ trackingCidrs: ['203.0.113.0/24', '198.51.100.7/32'], sshCidrs: ['198.51.100.7/32'] }),
    );
    expect(rules.map((rule) => [rule.cidr_ipv4, rule.from_port, rule.to_port])).toEqual(
      expect.arrayContaining([
        ['203.0.113.0/24', 5000, 5000],
        ['198.51.100.7/32', 5000, 5000],
        ['198.51.100.7/32', 22, 22],
      ]),
    );
    expect(rules).toHaveLength(3);
  });

  it('opens SSH to EC2 Instance Connect alone when asked', () => {
    const template = group({ instanceConnect: true });
    expect(template.data('aws_ec2_managed_prefix_list').name).toBe('com.amazonaws.eu-west-1.ec2-instance-connect');
    expect(ingress(template)).toEqual([expect.objectContaining({ from_port: 22, prefix_list_id: expect.any(String) })]);
  });

  it('lets the server out over HTTPS only', () => {
    expect(group().resource('aws_vpc_security_group_egress_rule')).toMatchObject({
      from_port: 443,
      to_port: 443,
      ip_protocol: 'tcp',
    });
  });
});
