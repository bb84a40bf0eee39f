"""What is acknowledged is kept: over a stop, and over a kill at any moment."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from boto3.s3.transfer import TransferConfig
from conftest import ROOT, Running

MEGABYTE = 1024 * 1024


def test_everything_comes_back_after_a_stop(fresh: Running) -> None:
    ec2, s3, iam = fresh.client('ec2'), fresh.client('s3'), fresh.client('iam')
    vpc = ec2.create_vpc(CidrBlock='10.1.0.0/16')['Vpc']['VpcId']
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock='10.1.0.0/24')['Subnet']['SubnetId']
    iam.create_role(RoleName='server', AssumeRolePolicyDocument='{}')
    s3.create_bucket(Bucket='kept')
    s3.put_bucket_versioning(Bucket='kept', VersioningConfiguration={'Status': 'Enabled'})
    versions = [s3.put_object(Bucket='kept', Key='a/b', Body=body)['VersionId'] for body in (b'one', b'two')]
    s3.put_object_tagging(Bucket='kept', Key='a/b', Tagging={'TagSet': [{'Key': 'k', 'Value': 'v'}]})
    s3.delete_object(Bucket='kept', Key='a/b')
    rds_secret = fresh.client('rds').create_db_instance(
        DBInstanceIdentifier='db', DBInstanceClass='db.t3.micro', Engine='postgres', AllocatedStorage=20,
        MasterUsername='mlflow', ManageMasterUserPassword=True,
    )['DBInstance']['MasterUserSecret']['SecretArn']  # fmt: skip
    password = fresh.client('secretsmanager').get_secret_value(SecretId=rds_secret)['SecretString']

    assert fresh.stop() == 0
    assert not (fresh.directory / 'endpoint.json').exists()
    fresh.start()

    ec2, s3 = fresh.client('ec2'), fresh.client('s3')
    assert ec2.describe_subnets(SubnetIds=[subnet])['Subnets'][0]['VpcId'] == vpc
    assert fresh.client('iam').get_role(RoleName='server')['Role']['RoleName'] == 'server'
    assert fresh.client('secretsmanager').get_secret_value(SecretId=rds_secret)['SecretString'] == password
    assert s3.list_objects_v2(Bucket='kept')['KeyCount'] == 0
    assert s3.get_object(Bucket='kept', Key='a/b', VersionId=versions[0])['Body'].read() == b'one'
    tags = s3.get_object_tagging(Bucket='kept', Key='a/b', VersionId=versions[1])['TagSet']
    assert tags == [{'Key': 'k', 'Value': 'v'}]
    marker = s3.list_object_versions(Bucket='kept')['DeleteMarkers'][0]['VersionId']
    s3.delete_object(Bucket='kept', Key='a/b', VersionId=marker)
    assert s3.get_object(Bucket='kept', Key='a/b')['Body'].read() == b'two'
    assert fresh.log() == ''


def test_every_kind_of_resource_can_be_kept(fresh: Running) -> None:
    """Keys, certificates, locks and functions inside moto's models: what does not pickle by itself."""
    alias = fresh.client('kms')
    key = alias.create_key(KeySpec='RSA_2048', KeyUsage='SIGN_VERIFY')['KeyMetadata']['KeyId']
    certificate = fresh.client('acm').request_certificate(DomainName='example.com', ValidationMethod='DNS')
    ssm = fresh.client('ssm')
    ssm.put_parameter(Name='/mlflow/a', Value='one', Type='SecureString', Tags=[{'Key': 'k', 'Value': 'v'}])
    image = ssm.get_parameter(Name='/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64')
    fresh.client('logs').create_log_group(logGroupName='/mlflow')
    fresh.client('sns').create_topic(Name='alerts')
    fresh.client('iam').attach_role_policy(
        RoleName=fresh.client('iam').create_role(RoleName='r', AssumeRolePolicyDocument='{}')['Role']['RoleName'],
        PolicyArn='arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
    )
    fresh.client('ec2').create_key_pair(KeyName='pair')
    fresh.client('route53').create_hosted_zone(Name='example.com', CallerReference='1')
    resources = requests.get(fresh.endpoint['proxyUrl'], timeout=10).json()['resources']
    fresh.stop()
    fresh.start()
    assert requests.get(fresh.endpoint['proxyUrl'], timeout=10).json()['resources'] == resources
    signed = fresh.client('kms').sign(KeyId=key, Message=b'm', SigningAlgorithm='RSASSA_PKCS1_V1_5_SHA_256')
    assert signed['Signature']
    fresh.client('acm').describe_certificate(CertificateArn=certificate['CertificateArn'])
    ssm = fresh.client('ssm')
    assert ssm.get_parameter(Name='/mlflow/a', WithDecryption=True)['Parameter']['Value'] == 'one'
    assert ssm.get_parameter(Name=image['Parameter']['Name'])['Parameter']['Value'] == image['Parameter']['Value']
    ssm.put_parameter(Name='/mlflow/b', Value='two', Type='String')
    assert fresh.stop() == 0
    assert fresh.log() == ''


def test_objects_written_by_reading_are_kept(fresh: Running) -> None:
    """Access logs: a GET writes an object into the log bucket."""
    s3 = fresh.client('s3')
    for name in ('logged', 'logs'):
        s3.create_bucket(Bucket=name)
    grant = {'Grantee': {'URI': 'http://acs.amazonaws.com/groups/s3/LogDelivery', 'Type': 'Group'}}
    owner = s3.get_bucket_acl(Bucket='logs')['Owner']
    s3.put_bucket_acl(
        Bucket='logs',
        AccessControlPolicy={
            'Grants': [{**grant, 'Permission': permission} for permission in ('WRITE', 'READ_ACP')], 'Owner': owner,
        },
    )  # fmt: skip
    logging = {'LoggingEnabled': {'TargetBucket': 'logs', 'TargetPrefix': 'a/'}}
    s3.put_bucket_logging(Bucket='logged', BucketLoggingStatus=logging)
    s3.put_object(Bucket='logged', Key='model', Body=b'weights')
    assert s3.get_object(Bucket='logged', Key='model')['Body'].read() == b'weights'
    before = [entry['Key'] for entry in s3.list_objects_v2(Bucket='logs')['Contents']]
    fresh.kill()
    fresh.start()
    s3 = fresh.client('s3')
    assert [entry['Key'] for entry in s3.list_objects_v2(Bucket='logs')['Contents']] == before
    assert all(s3.get_object(Bucket='logs', Key=name)['Body'].read() for name in before)


def test_a_kill_loses_no_acknowledged_object(fresh: Running) -> None:
    """Killed in the middle of parallel uploads: whatever was answered 200 is there, whole, and nothing half."""
    s3 = fresh.client('s3')
    s3.create_bucket(Bucket='state')
    acknowledged: dict[str, bytes] = {}

    def upload(worker: int) -> None:
        client = fresh.client('s3')
        for number in range(1000):
            name, body = f'{worker}/{number}', f'{worker}-{number}-'.encode() * 500
            try:
                client.put_object(Bucket='state', Key=name, Body=body)
            except Exception:
                return
            acknowledged[name] = body

    with ThreadPoolExecutor(4) as pool:
        uploads = [pool.submit(upload, worker) for worker in range(4)]
        deadline = time.monotonic() + 20
        while len(acknowledged) < 60 and time.monotonic() < deadline:
            time.sleep(0.01)
        fresh.kill()
        [done.result() for done in uploads]
    assert len(acknowledged) >= 60
    fresh.start()
    s3 = fresh.client('s3')
    for name, body in acknowledged.items():
        assert s3.get_object(Bucket='state', Key=name)['Body'].read() == body
    listed = [
        entry for page in s3.get_paginator('list_objects_v2').paginate(Bucket='state') for entry in page['Contents']
    ]
    for entry in listed:
        assert s3.get_object(Bucket='state', Key=entry['Key'])['Body'].read()
    files = [path for path in (fresh.directory / 'objects').rglob('*') if path.is_file()]
    assert len(files) == len(listed)


def test_an_object_never_outlives_what_was_made_before_it(fresh: Running) -> None:
    """Terraform writes its state after the resources: a kill right after the write must leave both."""
    s3 = fresh.client('s3')
    s3.create_bucket(Bucket='state')
    vpc = fresh.client('ec2').create_vpc(CidrBlock='10.2.0.0/16')['Vpc']['VpcId']
    s3.put_object(Bucket='state', Key='terraform.tfstate', Body=vpc.encode())
    fresh.kill()
    fresh.start()
    assert fresh.client('s3').get_object(Bucket='state', Key='terraform.tfstate')['Body'].read().decode() == vpc
    assert fresh.client('ec2').describe_vpcs(VpcIds=[vpc])['Vpcs']


def test_large_upload_in_parts(fresh: Running, tmp_path: Path) -> None:
    s3 = fresh.client('s3')
    s3.create_bucket(Bucket='large')
    source = tmp_path / 'model.bin'
    source.write_bytes(bytes(range(256)) * 4096 * 32)  # 32 MB
    s3.upload_file(str(source), 'large', 'model.bin', Config=TransferConfig(multipart_chunksize=8 * MEGABYTE))
    begun = s3.create_multipart_upload(Bucket='large', Key='later')['UploadId']
    part = s3.upload_part(Bucket='large', Key='later', UploadId=begun, PartNumber=1, Body=b'unfinished')
    fresh.kill()
    fresh.start()
    s3 = fresh.client('s3')
    s3.download_file('large', 'model.bin', str(tmp_path / 'back.bin'))
    assert (tmp_path / 'back.bin').read_bytes() == source.read_bytes()
    s3.complete_multipart_upload(
        Bucket='large',
        Key='later',
        UploadId=begun,
        MultipartUpload={'Parts': [{'PartNumber': 1, 'ETag': part['ETag']}]},
    )
    assert s3.get_object(Bucket='large', Key='later')['Body'].read() == b'unfinished'
    stored = sum(path.stat().st_size for path in (fresh.directory / 'objects').rglob('*') if path.is_file())
    assert stored == source.stat().st_size + len(b'unfinished')
    s3.delete_objects(Bucket='large', Delete={'Objects': [{'Key': 'model.bin'}, {'Key': 'later'}]})
    assert not [path for path in (fresh.directory / 'objects').rglob('*') if path.is_file()]


def test_conditional_write_is_won_by_one(fresh: Running) -> None:
    """Terraform's lock file: PutObject with If-None-Match."""
    fresh.client('s3').create_bucket(Bucket='lock')

    def take(_: int) -> bool:
        s3 = fresh.client('s3')
        try:
            s3.put_object(Bucket='lock', Key='terraform.tflock', Body=b'{}', IfNoneMatch='*')
            return True
        except s3.exceptions.ClientError as refused:
            assert refused.response['ResponseMetadata']['HTTPStatusCode'] == 412
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(8))) == [False] * 7 + [True]


@pytest.mark.parametrize(
    ('damage', 'says'),
    [
        ("UPDATE about SET value = '0.1' WHERE name = 'moto'", 'written for moto 0.1'),
        ("UPDATE about SET value = '000000000000' WHERE name = 'account'", 'written for account 000000000000'),
        ("INSERT OR REPLACE INTO graph VALUES (1, x'80056e6f6e73656e7365')", 'cannot be read'),
    ],
)
def test_a_state_that_cannot_be_used_is_said_so(fresh: Running, damage: str, says: str) -> None:
    fresh.stop()
    with sqlite3.connect(fresh.directory / 'state.sqlite') as database:
        database.execute(damage)
    database.close()
    refused = subprocess.run(
        [sys.executable, '-m', 'emulated_aws', '--state-dir', str(fresh.directory), '--account-id', fresh.account],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert refused.returncode == 1
    assert says in refused.stderr and 'delete' in refused.stderr
    assert 'Traceback' not in refused.stderr
    assert not (fresh.directory / 'endpoint.json').exists()


def test_a_file_that_is_no_state_is_said_so(tmp_path: Path) -> None:
    (tmp_path / 'state.sqlite').write_bytes(b'not a database, but long enough to be read as one' * 100)
    refused = subprocess.run(
        [sys.executable, '-m', 'emulated_aws', '--state-dir', str(tmp_path), '--account-id', '123456789012'],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert refused.returncode == 1
    assert 'file is not a database; delete' in refused.stderr and 'Traceback' not in refused.stderr


def test_throughput_of_small_requests(aws: Any) -> None:
    """Not a benchmark: a bound low enough for a busy machine, high enough to notice a snapshot per request."""
    s3 = aws.client('s3')
    s3.create_bucket(Bucket='quick')
    started = time.monotonic()
    for number in range(100):
        s3.put_object(Bucket='quick', Key=str(number), Body=b'metric')
    assert 100 / (time.monotonic() - started) > 25
