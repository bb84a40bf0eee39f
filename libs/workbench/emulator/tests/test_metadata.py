"""The instance metadata service speaks for the instances of the emulated EC2."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
import requests

TRUST = json.dumps({'Version': '2012-10-17', 'Statement': []})


@pytest.fixture(scope='module')
def instance(aws: Any) -> dict[str, Any]:
    """A running instance with a role, in a public subnet."""
    iam, ec2 = aws.client('iam'), aws.client('ec2', 'eu-west-1')
    iam.create_role(RoleName='tracking-server', AssumeRolePolicyDocument=TRUST)
    iam.create_instance_profile(InstanceProfileName='tracking-server')
    iam.add_role_to_instance_profile(InstanceProfileName='tracking-server', RoleName='tracking-server')
    return launch(ec2)


def launch(ec2: Any) -> dict[str, Any]:
    vpc = ec2.create_vpc(CidrBlock='10.0.0.0/16')['Vpc']['VpcId']
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={'Value': True})
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock='10.0.0.0/24', AvailabilityZone='eu-west-1b')['Subnet']['SubnetId']
    made = ec2.run_instances(
        ImageId='ami-12345678',
        InstanceType='t3.micro',
        MinCount=1,
        MaxCount=1,
        IamInstanceProfile={'Name': 'tracking-server'},
        UserData='#!/bin/sh\necho hello\n',
        NetworkInterfaces=[{'DeviceIndex': 0, 'SubnetId': subnet, 'AssociatePublicIpAddress': True}],
    )['Instances'][0]['InstanceId']
    return ec2.describe_instances(InstanceIds=[made])['Reservations'][0]['Instances'][0]


def token(endpoint: str) -> dict[str, str]:
    given = requests.put(
        f'{endpoint}/latest/api/token', headers={'X-aws-ec2-metadata-token-ttl-seconds': '60'}, timeout=10
    )
    assert given.status_code == 200
    return {'X-aws-ec2-metadata-token': given.text}


def get(endpoint: str, path: str) -> requests.Response:
    return requests.get(f'{endpoint}/latest/{path}', headers=token(endpoint), timeout=10)


def test_needs_a_token(aws: Any, instance: dict[str, Any]) -> None:
    endpoint = aws.endpoint['metadataEndpoint']
    assert requests.get(f'{endpoint}/latest/meta-data/instance-id', timeout=10).status_code == 401
    wrong = {'X-aws-ec2-metadata-token': 'made-up'}
    assert requests.get(f'{endpoint}/latest/meta-data/instance-id', headers=wrong, timeout=10).status_code == 401
    assert requests.put(f'{endpoint}/latest/api/token', timeout=10).status_code == 400


def test_values_are_those_of_the_instance(aws: Any, instance: dict[str, Any]) -> None:
    endpoint = aws.endpoint['metadataEndpoint']
    expected = {
        'instance-id': instance['InstanceId'],
        'instance-type': 't3.micro',
        'ami-id': instance['ImageId'],
        'public-hostname': instance['PublicDnsName'],
        'public-ipv4': instance['PublicIpAddress'],
        'local-hostname': instance['PrivateDnsName'],
        'local-ipv4': instance['PrivateIpAddress'],
        'placement/region': 'eu-west-1',
        'placement/availability-zone': 'eu-west-1b',
        'iam/security-credentials/': 'tracking-server',
        'placement/': 'availability-zone\nregion',
    }
    assert {path: get(endpoint, f'meta-data/{path}').text for path in expected} == expected
    document = get(endpoint, 'dynamic/instance-identity/document').json()
    assert (document['instanceId'], document['accountId']) == (instance['InstanceId'], aws.account)
    assert get(endpoint, 'user-data').text == '#!/bin/sh\necho hello\n'
    assert get(endpoint, 'meta-data/no-such').status_code == 404


def test_boto3_finds_the_credentials_of_the_role(aws: Any, instance: dict[str, Any]) -> None:
    program = "import boto3; print(boto3.client('sts', 'eu-west-1').get_caller_identity()['Arn'])"
    environment = {name: value for name, value in os.environ.items() if name != 'AWS_EC2_METADATA_DISABLED'}
    found = subprocess.run(
        [sys.executable, '-c', program],
        env={
            **environment,
            'AWS_EC2_METADATA_SERVICE_ENDPOINT': f"{aws.endpoint['metadataEndpoint']}/{instance['InstanceId']}",
            'HTTPS_PROXY': aws.endpoint['proxyUrl'],
            'NO_PROXY': 'localhost,127.0.0.1',
            'AWS_CA_BUNDLE': aws.endpoint['caBundle'],
        },
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    expected = f'arn:aws:sts::{aws.account}:assumed-role/tracking-server/{instance["InstanceId"]}'
    assert (found.stdout.strip(), found.stderr) == (expected, '')


def test_several_instances_are_told_apart(aws: Any, instance: dict[str, Any]) -> None:
    ec2 = aws.client('ec2', 'eu-west-1')
    second = launch(ec2)
    endpoint = aws.endpoint['metadataEndpoint']
    both = [instance['InstanceId'], second['InstanceId']]
    try:
        ambiguous = get(endpoint, 'meta-data/instance-id')
        assert ambiguous.status_code == 404
        assert all(f'{endpoint}/{name}' in ambiguous.text for name in both)
        assert [get(f'{endpoint}/{name}', 'meta-data/instance-id').text for name in both] == both
    finally:
        ec2.terminate_instances(InstanceIds=[second['InstanceId']])
    assert get(endpoint, 'meta-data/instance-id').text == instance['InstanceId']
    assert get(f'{endpoint}/{second["InstanceId"]}', 'meta-data/instance-id').status_code == 404
