"""What AWS does and moto does not, asked through boto3 of a running emulator."""

from __future__ import annotations

import base64
import io
import json
import string
from typing import Any

import botocore.exceptions
import botocore.loaders
import pytest
import requests

# Of the bytes 123456789: the check values of the catalogue of CRC algorithms, and what sha1sum and sha256sum print.
CHECKSUMS = {
    name: base64.b64encode(bytes.fromhex(value)).decode()
    for name, value in {
        'CRC32': 'cbf43926',
        'CRC32C': 'e3069283',
        'CRC64NVME': 'ae8b14860a799888',
        'SHA1': 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
        'SHA256': '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
    }.items()
}


LEFTOVERS = {
    'network_interfaces': 'NetworkInterfaces',
    'network_acls': 'NetworkAcls',
    'security_groups': 'SecurityGroups',
    'volumes': 'Volumes',
    'vpc_endpoints': 'VpcEndpoints',
    'vpcs': 'Vpcs',
}


def db_instance(aws: Any, name: str, **settings: Any) -> dict[str, Any]:
    made = aws.client('rds').create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass='db.t3.micro',
        Engine='postgres',
        AllocatedStorage=20,
        MasterUsername='mlflow',
        **({'EngineVersion': '16.4', 'ManageMasterUserPassword': True} | settings),
    )
    return made['DBInstance']


class TestRds:
    def test_every_instance_has_its_own_resource_id(self, aws: Any) -> None:
        first, second = db_instance(aws, 'id-one'), db_instance(aws, 'id-two')
        assert first['DbiResourceId'] != second['DbiResourceId']
        found = aws.client('rds').describe_db_instances(
            Filters=[{'Name': 'dbi-resource-id', 'Values': [second['DbiResourceId']]}]
        )['DBInstances']
        assert [instance['DBInstanceIdentifier'] for instance in found] == ['id-two']

    def test_managed_secret_has_the_user_and_a_random_password(self, aws: Any) -> None:
        secrets = aws.client('secretsmanager')
        values = [
            json.loads(
                secrets.get_secret_value(SecretId=db_instance(aws, name)['MasterUserSecret']['SecretArn'])[
                    'SecretString'
                ]
            )
            for name in ('secret-one', 'secret-two')
        ]
        assert [value['username'] for value in values] == ['mlflow', 'mlflow']
        assert values[0]['password'] != values[1]['password']
        for value in values:
            assert len(value['password']) == 28
            assert not set(value['password']) & set('/\'"@ ')
            assert set(value['password']) & set(string.punctuation)

    @pytest.mark.parametrize('through', ['secretsmanager', 'rds'])
    def test_rotation_makes_a_new_password(self, aws: Any, through: str) -> None:
        secrets = aws.client('secretsmanager')
        name = f'rotated-by-{through}'
        arn = db_instance(aws, name)['MasterUserSecret']['SecretArn']
        before = json.loads(secrets.get_secret_value(SecretId=arn)['SecretString'])
        if through == 'rds':
            aws.client('rds').modify_db_instance(
                DBInstanceIdentifier=name, RotateMasterUserPassword=True, ApplyImmediately=True
            )
        else:
            secrets.rotate_secret(SecretId=arn)
        current = json.loads(secrets.get_secret_value(SecretId=arn)['SecretString'])
        previous = json.loads(secrets.get_secret_value(SecretId=arn, VersionStage='AWSPREVIOUS')['SecretString'])
        assert previous == before
        assert current['username'] == 'mlflow'
        assert current['password'] != before['password']
        described = secrets.describe_secret(SecretId=arn)
        assert described['RotationEnabled'] and described['OwningService'] == 'rds'

    def test_instance_is_as_asked_for(self, aws: Any) -> None:
        made = db_instance(aws, 'asked', EngineVersion='16', EnablePerformanceInsights=True, StorageEncrypted=True)
        assert made['CACertificateIdentifier'] == 'rds-ca-rsa2048-g1'
        assert made['EngineVersion'].startswith('16.')
        assert made['DBInstanceStatus'] in ('creating', 'available')
        assert (made['PerformanceInsightsEnabled'], made['PerformanceInsightsRetentionPeriod']) == (True, 7)
        changed = aws.client('rds').modify_db_instance(
            DBInstanceIdentifier='asked', EnablePerformanceInsights=False, ApplyImmediately=True
        )['DBInstance']
        assert changed['PerformanceInsightsEnabled'] is False

    def test_replica_is_an_instance_of_its_own(self, aws: Any) -> None:
        source = db_instance(
            aws, 'source', ManageMasterUserPassword=False, MasterUserPassword='not-managed', MultiAZ=True,
            BackupRetentionPeriod=7,
        )  # fmt: skip
        rds = aws.client('rds')
        replica = rds.create_db_instance_read_replica(
            DBInstanceIdentifier='copy', SourceDBInstanceIdentifier='source', DBInstanceClass='db.t4g.small'
        )['DBInstance']
        assert replica['DbiResourceId'] != source['DbiResourceId']
        assert (replica['MultiAZ'], replica['BackupRetentionPeriod']) == (False, 0)
        assert replica['ReadReplicaSourceDBInstanceIdentifier'] == 'source'
        (read,) = rds.describe_db_instances(DBInstanceIdentifier='source')['DBInstances']
        assert read['ReadReplicaDBInstanceIdentifiers'] == ['copy'] and read['MultiAZ'] is True

    def test_replica_of_a_managed_password_is_refused(self, aws: Any) -> None:
        db_instance(aws, 'managed')
        rds = aws.client('rds')
        with pytest.raises(rds.exceptions.ClientError, match='managed by RDS'):
            rds.create_db_instance_read_replica(DBInstanceIdentifier='no', SourceDBInstanceIdentifier='managed')

    def test_final_snapshot_and_restore(self, aws: Any) -> None:
        rds = aws.client('rds')
        first = db_instance(aws, 'snapped')
        rds.delete_db_instance(
            DBInstanceIdentifier='snapped', SkipFinalSnapshot=False, FinalDBSnapshotIdentifier='snapped-final'
        )
        restored = rds.restore_db_instance_from_db_snapshot(
            DBInstanceIdentifier='again', DBSnapshotIdentifier='snapped-final'
        )['DBInstance']
        assert restored['DbiResourceId'] != first['DbiResourceId']
        assert restored['MasterUsername'] == 'mlflow'

    def test_versions_and_sizes_on_offer(self, aws: Any) -> None:
        rds = aws.client('rds')
        (version,) = rds.describe_db_engine_versions(Engine='postgres', EngineVersion='16')['DBEngineVersions']
        assert version['DBParameterGroupFamily'] == 'postgres16'
        offers = rds.get_paginator('describe_orderable_db_instance_options').paginate(
            Engine='postgres', EngineVersion=version['EngineVersion']
        )
        assert 'db.t4g.micro' in {
            offer['DBInstanceClass'] for page in offers for offer in page['OrderableDBInstanceOptions']
        }

    def test_parameters_read_back_as_set(self, aws: Any) -> None:
        rds = aws.client('rds')
        rds.create_db_parameter_group(
            DBParameterGroupName='forced', DBParameterGroupFamily='postgres16', Description='TLS'
        )
        parameter = {'ParameterName': 'rds.force_ssl', 'ParameterValue': '1', 'ApplyMethod': 'immediate'}
        rds.modify_db_parameter_group(DBParameterGroupName='forced', Parameters=[parameter])
        (read,) = rds.describe_db_parameters(DBParameterGroupName='forced', Source='user')['Parameters']
        assert read.items() >= {**parameter, 'Source': 'user'}.items()
        rds.reset_db_parameter_group(DBParameterGroupName='forced', Parameters=[parameter])
        assert rds.describe_db_parameters(DBParameterGroupName='forced', Source='user')['Parameters'] == []


@pytest.fixture
def cloudwatch(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client that speaks rpc-v2-cbor, as the Go SDK and so Terraform does; boto3 by itself would choose JSON."""
    load = botocore.loaders.Loader.load_service_model

    def only_cbor(loader: Any, service: str, kind: str, **options: Any) -> Any:
        model = load(loader, service, kind, **options)
        if (service, kind) == ('cloudwatch', 'service-2'):
            model = {**model, 'metadata': {**model['metadata'], 'protocols': ['smithy-rpc-v2-cbor']}}
        return model

    monkeypatch.setattr(botocore.loaders.Loader, 'load_service_model', only_cbor)
    client = aws.client('cloudwatch')
    assert client.meta.service_model.resolved_protocol == 'smithy-rpc-v2-cbor'
    return client


class TestSecretsManager:
    def test_current_version_is_the_one_that_carries_the_label(self, aws: Any) -> None:
        secrets = aws.client('secretsmanager')
        first = secrets.create_secret(Name='labelled', SecretString='first')['VersionId']
        second = secrets.put_secret_value(SecretId='labelled', SecretString='second', VersionStages=['AWSPENDING'])['VersionId']
        assert secrets.get_secret_value(SecretId='labelled')['SecretString'] == 'first'
        secrets.update_secret_version_stage(
            SecretId='labelled', VersionStage='AWSCURRENT', RemoveFromVersionId=first, MoveToVersionId=second
        )
        assert secrets.get_secret_value(SecretId='labelled')['SecretString'] == 'second'
        assert secrets.get_secret_value(SecretId='labelled', VersionStage='AWSPREVIOUS')['SecretString'] == 'first'


class TestCloudWatch:
    def test_alarm(self, cloudwatch: Any) -> None:
        alarm = {
            'AlarmName': 'cpu',
            'Namespace': 'AWS/EC2',
            'MetricName': 'CPUUtilization',
            'Dimensions': [{'Name': 'InstanceId', 'Value': 'i-1'}],
            'Statistic': 'Average',
            'Period': 300,
            'EvaluationPeriods': 3,
            'Threshold': 80.5,
            'ComparisonOperator': 'GreaterThanThreshold',
            'TreatMissingData': 'breaching',
            'AlarmActions': ['arn:aws:sns:us-east-1:210987654321:alerts'],
        }
        cloudwatch.put_metric_alarm(**alarm, Tags=[{'Key': 'team', 'Value': 'ml'}])
        (read,) = cloudwatch.describe_alarms(AlarmNames=['cpu'])['MetricAlarms']
        assert read.items() >= alarm.items()
        assert read['AlarmConfigurationUpdatedTimestamp'].year > 2000
        tags = cloudwatch.list_tags_for_resource(ResourceARN=read['AlarmArn'])['Tags']
        assert tags == [{'Key': 'team', 'Value': 'ml'}]
        cloudwatch.delete_alarms(AlarmNames=['cpu'])
        assert cloudwatch.describe_alarms(AlarmNames=['cpu'])['MetricAlarms'] == []

    def test_composite_alarm(self, cloudwatch: Any) -> None:
        cloudwatch.put_composite_alarm(AlarmName='down', AlarmRule='ALARM(cpu) OR ALARM(disk)', ActionsEnabled=True)
        (read,) = cloudwatch.describe_alarms(AlarmNames=['down'], AlarmTypes=['CompositeAlarm'])['CompositeAlarms']
        assert (read['AlarmName'], read['AlarmRule']) == ('down', 'ALARM(cpu) OR ALARM(disk)')
        cloudwatch.delete_alarms(AlarmNames=['down'])

    def test_missing_action_is_said_so_in_cbor(self, cloudwatch: Any) -> None:
        with pytest.raises(
            cloudwatch.exceptions.ClientError, match='the emulated AWS has no cloudwatch:PutMetricStream'
        ):
            cloudwatch.put_metric_stream(Name='s', FirehoseArn='a', RoleArn='r', OutputFormat='json')

    def test_dashboard(self, cloudwatch: Any) -> None:
        body = json.dumps({'widgets': []})
        cloudwatch.put_dashboard(DashboardName='mlflow', DashboardBody=body)
        assert cloudwatch.get_dashboard(DashboardName='mlflow')['DashboardBody'] == body
        cloudwatch.delete_dashboards(DashboardNames=['mlflow'])
        with pytest.raises(cloudwatch.exceptions.ClientError) as refused:
            cloudwatch.get_dashboard(DashboardName='mlflow')
        assert refused.value.response['ResponseMetadata']['HTTPStatusCode'] == 404

    def test_metrics(self, cloudwatch: Any) -> None:
        cloudwatch.put_metric_data(Namespace='mlflow', MetricData=[{'MetricName': 'runs', 'Value': 1.5}])
        (metric,) = cloudwatch.list_metrics(Namespace='mlflow')['Metrics']
        assert metric['MetricName'] == 'runs'


class TestBudgets:
    def test_tags_changes_and_subscribers(self, aws: Any) -> None:
        budgets = aws.client('budgets')
        account = aws.account
        notification = {
            'NotificationType': 'ACTUAL',
            'ComparisonOperator': 'GREATER_THAN',
            'Threshold': 80.0,
            'ThresholdType': 'PERCENTAGE',
        }
        subscriber = {'SubscriptionType': 'EMAIL', 'Address': 'ml@example.com'}
        budget = {
            'BudgetName': 'monthly',
            'BudgetType': 'COST',
            'TimeUnit': 'MONTHLY',
            'BudgetLimit': {'Amount': '10', 'Unit': 'USD'},
        }
        budgets.create_budget(
            AccountId=account,
            Budget=budget,
            NotificationsWithSubscribers=[{'Notification': notification, 'Subscribers': [subscriber]}],
            ResourceTags=[{'Key': 'team', 'Value': 'ml'}],
        )
        arn = f'arn:aws:budgets::{account}:budget/monthly'
        assert budgets.list_tags_for_resource(ResourceARN=arn)['ResourceTags'] == [{'Key': 'team', 'Value': 'ml'}]
        subscribers = budgets.describe_subscribers_for_notification(
            AccountId=account, BudgetName='monthly', Notification=notification
        )['Subscribers']
        assert subscribers == [subscriber]
        budgets.update_budget(AccountId=account, NewBudget={**budget, 'BudgetLimit': {'Amount': '20', 'Unit': 'USD'}})
        read = budgets.describe_budget(AccountId=account, BudgetName='monthly')['Budget']
        assert read['BudgetLimit'] == {'Amount': '20', 'Unit': 'USD'}
        budgets.tag_resource(ResourceARN=arn, ResourceTags=[{'Key': 'env', 'Value': 'dev'}])
        budgets.untag_resource(ResourceARN=arn, ResourceTagKeys=['team'])
        assert budgets.list_tags_for_resource(ResourceARN=arn)['ResourceTags'] == [{'Key': 'env', 'Value': 'dev'}]


class TestS3:
    def test_tags_on_creation(self, aws: Any) -> None:
        s3 = aws.client('s3')
        tags = [{'Key': 'team', 'Value': 'ml'}]
        s3.create_bucket(Bucket='tagged', CreateBucketConfiguration={'Tags': tags})
        assert s3.get_bucket_tagging(Bucket='tagged')['TagSet'] == tags
        s3.delete_bucket(Bucket='tagged')
        s3.create_bucket(Bucket='tagged')
        with pytest.raises(s3.exceptions.ClientError, match='NoSuchTagSet'):
            s3.get_bucket_tagging(Bucket='tagged')

    @pytest.mark.parametrize('algorithm', ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'])
    def test_checksums_are_right(self, aws: Any, algorithm: str) -> None:
        s3 = aws.client('s3')
        s3.create_bucket(Bucket='checked')
        put = s3.put_object(Bucket='checked', Key=algorithm, Body=b'123456789', ChecksumAlgorithm=algorithm)
        read = s3.get_object(Bucket='checked', Key=algorithm, ChecksumMode='ENABLED')
        assert read['Body'].read() == b'123456789'
        assert put[f'Checksum{algorithm}'] == read[f'Checksum{algorithm}'] == CHECKSUMS[algorithm]
        copied = s3.copy_object(
            Bucket='checked', Key='copy', CopySource=f'checked/{algorithm}', ChecksumAlgorithm=algorithm
        )
        assert copied['CopyObjectResult'][f'Checksum{algorithm}'] == CHECKSUMS[algorithm]

    def test_checksum_of_an_upload_in_parts(self, aws: Any) -> None:
        s3 = aws.client('s3')
        s3.create_bucket(Bucket='checked')
        upload = s3.create_multipart_upload(Bucket='checked', Key='parts')['UploadId']
        etag = s3.upload_part(Bucket='checked', Key='parts', UploadId=upload, PartNumber=1, Body=b'123456789')['ETag']
        s3.complete_multipart_upload(
            Bucket='checked', Key='parts', UploadId=upload, MultipartUpload={'Parts': [{'PartNumber': 1, 'ETag': etag}]}
        )
        read = s3.get_object(Bucket='checked', Key='parts', ChecksumMode='ENABLED')
        assert read['Body'].read() == b'123456789'
        assert read.get('ChecksumCRC64NVME', CHECKSUMS['CRC64NVME']) == CHECKSUMS['CRC64NVME']
        assert s3.get_object(Bucket='checked', Key='parts', Range='bytes=2-4')['Body'].read() == b'345'

    def test_streamed_body(self, aws: Any) -> None:
        """What the SDK sends with Content-Encoding aws-chunked is stored plain, with the encoding that remains."""
        s3 = aws.client('s3')
        s3.create_bucket(Bucket='streamed')
        s3.put_object(Bucket='streamed', Key='a', Body=io.BytesIO(b'some bytes' * 9999), ContentEncoding='x-own')
        read = s3.get_object(Bucket='streamed', Key='a')
        assert read['Body'].read() == b'some bytes' * 9999
        assert read['ContentEncoding'] == 'x-own'

    @pytest.mark.parametrize('in_trailer', [False, True])
    def test_body_that_its_checksum_does_not_fit(self, aws: Any, in_trailer: bool) -> None:
        s3 = aws.client('s3')
        s3.create_bucket(Bucket='checked')
        headers = {'Authorization': 'AWS4-HMAC-SHA256 Credential=a/b/us-east-1/s3/c'}
        wrong = CHECKSUMS['CRC32']
        if in_trailer:
            headers |= {
                'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
                'x-amz-decoded-content-length': '5',
                'x-amz-trailer': 'x-amz-checksum-crc32',
                'Content-Encoding': 'aws-chunked',
            }
            body = f'5\r\nother\r\n0\r\nx-amz-checksum-crc32:{wrong}\r\n\r\n'.encode()
        else:
            headers |= {'x-amz-checksum-crc32': wrong}
            body = b'other'
        refused = requests.put(
            'https://checked.s3.amazonaws.com/wrong',
            data=body, headers=headers, timeout=10,
            proxies={'https': aws.endpoint['proxyUrl']}, verify=aws.endpoint['caBundle'],
        )  # fmt: skip
        assert refused.status_code == 400 and '<Code>BadDigest</Code>' in refused.text
        with pytest.raises(s3.exceptions.ClientError, match='404'):
            s3.head_object(Bucket='checked', Key='wrong')

    def test_unknown_setting_is_refused(self, aws: Any) -> None:
        s3 = aws.client('s3')
        s3.create_bucket(Bucket='settings')
        tiering = {'Id': 'all', 'Status': 'Enabled', 'Tierings': [{'Days': 125, 'AccessTier': 'ARCHIVE_ACCESS'}]}
        with pytest.raises(s3.exceptions.ClientError, match=r'NotImplemented.*intelligent-tiering'):
            s3.put_bucket_intelligent_tiering_configuration(
                Bucket='settings', Id='all', IntelligentTieringConfiguration=tiering
            )

    def test_lifecycle_reads_back_as_written(self, aws: Any) -> None:
        s3 = aws.client('s3')
        s3.create_bucket(Bucket='lifecycle')
        rule = {
            'ID': 'old',
            'Status': 'Enabled',
            'Filter': {'And': {'Prefix': '1/', 'ObjectSizeGreaterThan': 131072}},
            'Transitions': [{'Days': 90, 'StorageClass': 'STANDARD_IA'}],
            'NoncurrentVersionExpiration': {'NoncurrentDays': 365, 'NewerNoncurrentVersions': 3},
        }
        s3.put_bucket_lifecycle_configuration(
            Bucket='lifecycle',
            LifecycleConfiguration={'Rules': [rule]},
            TransitionDefaultMinimumObjectSize='varies_by_storage_class',
        )
        read = s3.get_bucket_lifecycle_configuration(Bucket='lifecycle')
        assert read['Rules'] == [rule]
        assert read['TransitionDefaultMinimumObjectSize'] == 'varies_by_storage_class'
        s3.delete_bucket_lifecycle(Bucket='lifecycle')
        with pytest.raises(s3.exceptions.ClientError, match='NoSuchLifecycleConfiguration'):
            s3.get_bucket_lifecycle_configuration(Bucket='lifecycle')

    def test_conditions_of_a_policy(self, aws: Any) -> None:
        """The policy of the artifact bucket refuses what is not TLS, and nothing else."""
        s3 = aws.client('s3')
        s3.create_bucket(Bucket='tls-only')
        deny = {'Effect': 'Deny', 'Principal': '*', 'Resource': ['arn:aws:s3:::tls-only', 'arn:aws:s3:::tls-only/*']}
        statements = [
            {**deny, 'Action': 's3:*', 'Condition': {'Bool': {'aws:SecureTransport': 'false'}}},
            {**deny, 'Action': 's3:*', 'Condition': {'NumericLessThan': {'s3:TlsVersion': '1.2'}}},
            {
                **deny,
                'Action': 's3:PutObject',
                'Condition': {
                    'StringNotEquals': {'s3:x-amz-server-side-encryption': 'aws:kms'},
                    'Null': {'s3:x-amz-server-side-encryption': 'false'},
                },
            },
        ]
        policy = json.dumps({'Version': '2012-10-17', 'Statement': statements})
        s3.put_bucket_policy(Bucket='tls-only', Policy=policy)
        s3.put_object(Bucket='tls-only', Key='model', Body=b'weights')
        assert s3.get_object(Bucket='tls-only', Key='model')['Body'].read() == b'weights'
        with pytest.raises(s3.exceptions.ClientError, match='403'):
            s3.put_object(Bucket='tls-only', Key='plain', Body=b'', ServerSideEncryption='AES256')
        unencrypted = requests.get(
            'http://tls-only.s3.amazonaws.com/model',
            headers={'Authorization': 'AWS4-HMAC-SHA256 Credential=a/b/us-east-1/s3/c'},
            proxies={'http': aws.endpoint['proxyUrl']},
            timeout=10,
        )
        assert unencrypted.status_code == 403


    def test_a_bucket_refuses_keys_of_clients_unless_it_is_told_otherwise(self, aws: Any) -> None:
        s3 = aws.client('s3')
        s3.create_bucket(Bucket='blocked')
        with pytest.raises(botocore.exceptions.ClientError, match='ServerSideEncryptionConfigurationNotFound'):
            s3.get_bucket_encryption(Bucket='blocked')

        def blocked() -> list[str]:
            (rule,) = s3.get_bucket_encryption(Bucket='blocked')['ServerSideEncryptionConfiguration']['Rules']
            return rule['BlockedEncryptionTypes']['EncryptionType']

        def write(**more: Any) -> None:
            rule = {'ApplyServerSideEncryptionByDefault': {'SSEAlgorithm': 'AES256'}, **more}
            s3.put_bucket_encryption(Bucket='blocked', ServerSideEncryptionConfiguration={'Rules': [rule]})

        write()
        assert blocked() == ['SSE-C']
        write(BlockedEncryptionTypes={'EncryptionType': ['NONE']})
        assert blocked() == ['NONE']
        write(BlockedEncryptionTypes={'EncryptionType': ['SSE-C']})
        assert blocked() == ['SSE-C']


class TestEc2:
    def launch(self, ec2: Any, **settings: Any) -> dict[str, Any]:
        wanted = {'ImageId': 'ami-0a1b2c3d', 'InstanceType': 't3.micro', 'MinCount': 1, 'MaxCount': 1, **settings}
        made = ec2.run_instances(**wanted)
        identifier = made['Instances'][0]['InstanceId']
        return ec2.describe_instances(InstanceIds=[identifier])['Reservations'][0]['Instances'][0]

    def test_groups_of_an_instance_are_those_of_its_interface(self, aws: Any) -> None:
        ec2 = aws.client('ec2')
        vpc = ec2.create_vpc(CidrBlock='10.0.0.0/16')['Vpc']['VpcId']
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock='10.0.0.0/24')['Subnet']['SubnetId']
        groups = [
            ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)['GroupId'] for name in ('one', 'two')
        ]
        interface = {'DeviceIndex': 0, 'SubnetId': subnet, 'Groups': groups[:1], 'AssociatePublicIpAddress': True}
        instance = self.launch(ec2, NetworkInterfaces=[interface])
        assert [group['GroupId'] for group in instance['SecurityGroups']] == groups[:1]
        ec2.modify_network_interface_attribute(
            NetworkInterfaceId=instance['NetworkInterfaces'][0]['NetworkInterfaceId'], Groups=groups[1:]
        )
        again = ec2.describe_instances(InstanceIds=[instance['InstanceId']])['Reservations'][0]['Instances'][0]
        assert [group['GroupId'] for group in again['SecurityGroups']] == groups[1:]

    def test_rules_keep_their_descriptions(self, aws: Any) -> None:
        ec2 = aws.client('ec2')
        vpc = ec2.create_vpc(CidrBlock='10.0.0.0/16')['Vpc']['VpcId']
        group = ec2.create_security_group(GroupName='described', Description='d', VpcId=vpc)['GroupId']
        prefix_list = ec2.describe_managed_prefix_lists()['PrefixLists'][0]['PrefixListId']
        port = {'IpProtocol': 'tcp', 'FromPort': 5432, 'ToPort': 5432}
        for source in (
            {'UserIdGroupPairs': [{'GroupId': group, 'Description': 'from a group'}]},
            {'PrefixListIds': [{'PrefixListId': prefix_list, 'Description': 'from a list'}]},
            {'IpRanges': [{'CidrIp': '10.0.0.0/8', 'Description': 'from a range'}]},
        ):
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{**port, **source}])
        rules = ec2.describe_security_group_rules(Filters=[{'Name': 'group-id', 'Values': [group]}])
        described = {rule.get('Description') for rule in rules['SecurityGroupRules'] if not rule['IsEgress']}
        assert described == {'from a group', 'from a list', 'from a range'}

    def test_elastic_address_is_public(self, aws: Any) -> None:
        ec2 = aws.client('ec2')
        address = ec2.allocate_address(Domain='vpc')
        assert not address['PublicIp'].startswith('127.')
        instance = self.launch(ec2)
        ec2.associate_address(AllocationId=address['AllocationId'], InstanceId=instance['InstanceId'])
        found = ec2.describe_instances(InstanceIds=[instance['InstanceId']])['Reservations'][0]['Instances'][0]
        name = f'ec2-{address["PublicIp"].replace(".", "-")}.compute-1.amazonaws.com'
        assert found['NetworkInterfaces'][0]['Association']['PublicDnsName'] == found['PublicDnsName'] == name

    def test_root_volume_without_a_size(self, aws: Any) -> None:
        ec2 = aws.client('ec2')
        instance = self.launch(ec2, BlockDeviceMappings=[{'DeviceName': '/dev/xvda', 'Ebs': {'Encrypted': True}}])
        attached = instance['BlockDeviceMappings'][0]['Ebs']
        assert attached['DeleteOnTermination'] is True
        (volume,) = ec2.describe_volumes(VolumeIds=[attached['VolumeId']])['Volumes']
        assert (volume['Size'], volume['VolumeType'], volume['Encrypted']) == (8, 'gp3', True)
        ec2.terminate_instances(InstanceIds=[instance['InstanceId']])
        with pytest.raises(ec2.exceptions.ClientError, match=r'InvalidVolume\.NotFound'):
            ec2.describe_volumes(VolumeIds=[attached['VolumeId']])

    def test_credit_specification_is_as_the_launch_said_and_can_be_changed(self, aws: Any) -> None:
        ec2 = aws.client('ec2')

        def credits_of(instance: dict[str, Any]) -> str:
            answer = ec2.describe_instance_credit_specifications(InstanceIds=[instance['InstanceId']])
            (found,) = answer['InstanceCreditSpecifications']
            return str(found['CpuCredits'])

        assert credits_of(self.launch(ec2)) == 'unlimited'
        assert credits_of(self.launch(ec2, InstanceType='t2.micro')) == 'standard'
        said = self.launch(ec2, CreditSpecification={'CpuCredits': 'standard'})
        assert credits_of(said) == 'standard'
        changed = ec2.modify_instance_credit_specification(
            InstanceCreditSpecifications=[{'InstanceId': said['InstanceId'], 'CpuCredits': 'unlimited'}]
        )
        assert changed['SuccessfulInstanceCreditSpecifications'] == [{'InstanceId': said['InstanceId']}]
        assert credits_of(said) == 'unlimited'

    def test_nothing_is_left_of_a_network(self, aws: Any) -> None:
        ec2 = aws.client('ec2', 'eu-west-3')
        before = {name: len(getattr(ec2, f'describe_{name}')()[key]) for name, key in LEFTOVERS.items()}
        vpc = ec2.create_vpc(CidrBlock='10.0.0.0/16')['Vpc']['VpcId']
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock='10.0.0.0/24')['Subnet']['SubnetId']
        endpoint = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName='com.amazonaws.eu-west-3.s3')['VpcEndpoint']
        address = ec2.allocate_address(Domain='vpc')['AllocationId']
        gateway = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)['NatGateway']['NatGatewayId']
        volume = {'DeviceName': '/dev/sda1', 'Ebs': {'VolumeSize': 20, 'DeleteOnTermination': True}}
        ec2.create_launch_template(
            LaunchTemplateName='gone', LaunchTemplateData={'ImageId': 'ami-0a1b2c3d', 'BlockDeviceMappings': [volume]}
        )
        instances = [
            self.launch(ec2, SubnetId=subnet)['InstanceId'],
            self.launch(ec2, SubnetId=subnet, LaunchTemplate={'LaunchTemplateName': 'gone'})['InstanceId'],
        ]
        ec2.terminate_instances(InstanceIds=instances)
        ec2.delete_nat_gateway(NatGatewayId=gateway)
        ec2.release_address(AllocationId=address)
        ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint['VpcEndpointId']])
        ec2.delete_subnet(SubnetId=subnet)
        ec2.delete_vpc(VpcId=vpc)
        assert {name: len(getattr(ec2, f'describe_{name}')()[key]) for name, key in LEFTOVERS.items()} == before

    def test_tags_of_a_launch_template_are_its_own(self, aws: Any) -> None:
        ec2 = aws.client('ec2')
        of_instances = {'ResourceType': 'instance', 'Tags': [{'Key': 'Name', 'Value': 'server'}]}
        made = ec2.create_launch_template(
            LaunchTemplateName='tagged',
            LaunchTemplateData={'ImageId': 'ami-0a1b2c3d', 'TagSpecifications': [of_instances]},
            TagSpecifications=[{'ResourceType': 'launch-template', 'Tags': [{'Key': 'team', 'Value': 'ml'}]}],
        )['LaunchTemplate']
        assert made['Tags'] == [{'Key': 'team', 'Value': 'ml'}]
        (version,) = ec2.describe_launch_template_versions(LaunchTemplateName='tagged')['LaunchTemplateVersions']
        assert version['LaunchTemplateData']['TagSpecifications'] == [of_instances]

    def test_prefix_list_of_instance_connect(self, aws: Any) -> None:
        name = 'com.amazonaws.eu-central-1.ec2-instance-connect'
        found = aws.client('ec2', 'eu-central-1').describe_managed_prefix_lists(
            Filters=[{'Name': 'prefix-list-name', 'Values': [name]}]
        )['PrefixLists']
        assert [(entry['PrefixListName'], entry['OwnerId']) for entry in found] == [(name, 'AWS')]

    def test_instance_connect_endpoint(self, aws: Any) -> None:
        ec2 = aws.client('ec2')
        subnet = ec2.describe_subnets()['Subnets'][0]['SubnetId']
        tags = [{'Key': 'team', 'Value': 'ml'}]
        made = ec2.create_instance_connect_endpoint(
            SubnetId=subnet, TagSpecifications=[{'ResourceType': 'instance-connect-endpoint', 'Tags': tags}]
        )['InstanceConnectEndpoint']
        identifier = made['InstanceConnectEndpointId']
        (read,) = ec2.describe_instance_connect_endpoints(InstanceConnectEndpointIds=[identifier])[
            'InstanceConnectEndpoints'
        ]
        assert (read['State'], read['SubnetId'], read['Tags']) == ('create-complete', subnet, tags)
        ec2.delete_instance_connect_endpoint(InstanceConnectEndpointId=identifier)
        with pytest.raises(ec2.exceptions.ClientError, match=r'InvalidInstanceConnectEndpointId\.NotFound'):
            ec2.describe_instance_connect_endpoints(InstanceConnectEndpointIds=[identifier])


class TestIam:
    def test_service_linked_roles_are_spelt_by_their_services_and_made_once(self, aws: Any) -> None:
        iam = aws.client('iam')
        role = iam.create_service_linked_role(AWSServiceName='rds.amazonaws.com')['Role']
        assert role['Arn'].endswith(':role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS')
        with pytest.raises(iam.exceptions.InvalidInputException, match='has been taken'):
            iam.create_service_linked_role(AWSServiceName='rds.amazonaws.com')

    def test_policy_that_aws_manages(self, aws: Any) -> None:
        iam = aws.client('iam')
        arn = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'
        iam.create_role(RoleName='managed', AssumeRolePolicyDocument='{}')
        iam.attach_role_policy(RoleName='managed', PolicyArn=arn)
        attached = iam.list_attached_role_policies(RoleName='managed')['AttachedPolicies']
        assert [policy['PolicyArn'] for policy in attached] == [arn]
        version = iam.get_policy(PolicyArn=arn)['Policy']['DefaultVersionId']
        assert iam.get_policy_version(PolicyArn=arn, VersionId=version)['PolicyVersion']['Document']['Statement']
        with pytest.raises(iam.exceptions.NoSuchEntityException):
            iam.attach_role_policy(RoleName='managed', PolicyArn='arn:aws:iam::aws:policy/NoSuch')


class TestAutoScaling:
    def test_group_of_a_template(self, aws: Any) -> None:
        ec2, autoscaling, iam = (aws.client(service) for service in ('ec2', 'autoscaling', 'iam'))
        iam.create_role(RoleName='fleet', AssumeRolePolicyDocument='{}')
        profile = iam.create_instance_profile(InstanceProfileName='fleet')['InstanceProfile']['Arn']
        iam.add_role_to_instance_profile(InstanceProfileName='fleet', RoleName='fleet')
        vpc = ec2.create_vpc(CidrBlock='10.0.0.0/16')['Vpc']['VpcId']
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f'10.0.{n}.0/24', AvailabilityZone=f'us-east-1{zone}')['Subnet'][
                'SubnetId'
            ]
            for n, zone in enumerate('ab')
        ]
        data = {'ImageId': 'ami-0a1b2c3d', 'InstanceType': 't3.small', 'IamInstanceProfile': {'Arn': profile}}
        template = {'LaunchTemplateName': 'fleet', 'Version': '$Latest'}
        ec2.create_launch_template(LaunchTemplateName='fleet', LaunchTemplateData=data)
        autoscaling.create_auto_scaling_group(
            AutoScalingGroupName='fleet', MinSize=2, MaxSize=4, DesiredCapacity=2, LaunchTemplate=template,
            VPCZoneIdentifier=','.join(subnets), DefaultInstanceWarmup=120, MaxInstanceLifetime=2592000,
        )  # fmt: skip

        def instances() -> list[dict[str, Any]]:
            (group,) = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=['fleet'])['AutoScalingGroups']
            assert (group['DefaultInstanceWarmup'], group['MaxInstanceLifetime']) == (120, 2592000)
            identifiers = [instance['InstanceId'] for instance in group['Instances']]
            found = ec2.describe_instances(InstanceIds=identifiers)['Reservations']
            return [instance for reservation in found for instance in reservation['Instances']]

        first = instances()
        assert sorted(instance['SubnetId'] for instance in first) == sorted(subnets)
        assert {instance['IamInstanceProfile']['Arn'] for instance in first} == {profile}

        ec2.create_launch_template_version(
            LaunchTemplateName='fleet', LaunchTemplateData={**data, 'InstanceType': 't3.medium'}
        )
        ec2.modify_launch_template(LaunchTemplateName='fleet', DefaultVersion='2')
        started = autoscaling.start_instance_refresh(AutoScalingGroupName='fleet')['InstanceRefreshId']
        (refresh,) = autoscaling.describe_instance_refreshes(AutoScalingGroupName='fleet')['InstanceRefreshes']
        assert (refresh['InstanceRefreshId'], refresh['Status']) == (started, 'Successful')
        second = instances()
        assert {instance['InstanceType'] for instance in second} == {'t3.medium'}
        assert not {one['InstanceId'] for one in first} & {one['InstanceId'] for one in second}

    def test_launches_with_the_user_data_of_a_later_version(self, aws: Any) -> None:
        ec2, autoscaling = aws.client('ec2'), aws.client('autoscaling')
        data = {'ImageId': 'ami-0a1b2c3d', 'UserData': base64.b64encode(b'one').decode()}
        ec2.create_launch_template(LaunchTemplateName='versions', LaunchTemplateData=data)
        data['UserData'] = base64.b64encode(b'two').decode()
        ec2.create_launch_template_version(LaunchTemplateName='versions', LaunchTemplateData=data)
        autoscaling.create_auto_scaling_group(
            AutoScalingGroupName='versions', MinSize=1, MaxSize=1, AvailabilityZones=['us-east-1a'],
            LaunchTemplate={'LaunchTemplateName': 'versions', 'Version': '2'},
        )  # fmt: skip
        (group,) = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=['versions'])['AutoScalingGroups']
        instance = group['Instances'][0]['InstanceId']
        told = ec2.describe_instance_attribute(InstanceId=instance, Attribute='userData')['UserData']['Value']
        assert base64.b64decode(told) == b'two'

    def test_policy_is_enabled(self, aws: Any) -> None:
        ec2, autoscaling = aws.client('ec2'), aws.client('autoscaling')
        ec2.create_launch_template(LaunchTemplateName='scaled', LaunchTemplateData={'ImageId': 'ami-0a1b2c3d'})
        autoscaling.create_auto_scaling_group(
            AutoScalingGroupName='scaled', MinSize=0, MaxSize=1, AvailabilityZones=['us-east-1a'],
            LaunchTemplate={'LaunchTemplateName': 'scaled'},
        )  # fmt: skip
        autoscaling.put_scaling_policy(
            AutoScalingGroupName='scaled', PolicyName='cpu', PolicyType='TargetTrackingScaling',
            TargetTrackingConfiguration={
                'PredefinedMetricSpecification': {'PredefinedMetricType': 'ASGAverageCPUUtilization'},
                'TargetValue': 60.0,
            },
        )  # fmt: skip
        (policy,) = autoscaling.describe_policies(AutoScalingGroupName='scaled')['ScalingPolicies']
        assert policy['Enabled'] is True
        assert 'PredictiveScalingConfiguration' not in policy


class TestCertificate:
    def test_is_issued_once_its_records_are_there(self, aws: Any) -> None:
        acm, route53 = aws.client('acm'), aws.client('route53')
        arn = acm.request_certificate(
            DomainName='mlflow.example.com', SubjectAlternativeNames=['www.example.com'], ValidationMethod='DNS'
        )['CertificateArn']
        described = acm.describe_certificate(CertificateArn=arn)['Certificate']
        assert described['Status'] == 'PENDING_VALIDATION'
        zone = route53.create_hosted_zone(Name='example.com', CallerReference='1')['HostedZone']['Id']
        for option in described['DomainValidationOptions']:
            assert acm.describe_certificate(CertificateArn=arn)['Certificate']['Status'] == 'PENDING_VALIDATION'
            wanted = option['ResourceRecord']
            record = {
                'Name': wanted['Name'], 'Type': 'CNAME', 'TTL': 60, 'ResourceRecords': [{'Value': wanted['Value']}],
            }  # fmt: skip
            route53.change_resource_record_sets(
                HostedZoneId=zone, ChangeBatch={'Changes': [{'Action': 'UPSERT', 'ResourceRecordSet': record}]}
            )
        assert acm.describe_certificate(CertificateArn=arn)['Certificate']['Status'] == 'ISSUED'


class TestHostedZone:
    def test_has_the_id_that_its_caller_names(self, aws: Any) -> None:
        route53 = aws.client('route53')
        made = route53.create_hosted_zone(Name='named.example', CallerReference='Z0123456789ABCDEFGHIJ')['HostedZone']
        assert made['Id'] == '/hostedzone/Z0123456789ABCDEFGHIJ'
        assert route53.get_hosted_zone(Id='Z0123456789ABCDEFGHIJ')['HostedZone']['Name'] == 'named.example.'


class TestAccessLogs:
    def test_go_where_a_policy_lets_them_that_also_speaks_of_everybody(self, aws: Any) -> None:
        s3 = aws.client('s3')
        for bucket in ('logged', 'logs-of-logged'):
            s3.create_bucket(Bucket=bucket)
        logging = {'LoggingEnabled': {'TargetBucket': 'logs-of-logged', 'TargetPrefix': 'x/'}}
        deny = {
            'Effect': 'Deny', 'Principal': '*', 'Action': 's3:*', 'Resource': 'arn:aws:s3:::logs-of-logged/*',
            'Condition': {'Bool': {'aws:SecureTransport': 'false'}},
        }  # fmt: skip
        allow = {
            'Effect': 'Allow', 'Principal': {'Service': 'logging.s3.amazonaws.com'}, 'Action': 's3:PutObject',
            'Resource': 'arn:aws:s3:::logs-of-logged/x/*',
        }  # fmt: skip
        s3.put_bucket_policy(
            Bucket='logs-of-logged', Policy=json.dumps({'Version': '2012-10-17', 'Statement': [deny, allow]})
        )
        s3.put_bucket_logging(Bucket='logged', BucketLoggingStatus=logging)
        assert s3.get_bucket_logging(Bucket='logged')['LoggingEnabled'] == logging['LoggingEnabled'] | {'TargetPrefix': 'x/'}


class TestLoadBalancer:
    @pytest.fixture
    def made(self, aws: Any, request: pytest.FixtureRequest) -> dict[str, Any]:
        """A load balancer by the test's name."""
        ec2, elbv2 = aws.client('ec2'), aws.client('elbv2')
        subnets = [subnet['SubnetId'] for subnet in ec2.describe_subnets(
            Filters=[{'Name': 'default-for-az', 'Values': ['true']}]
        )['Subnets'][:2]]  # fmt: skip
        name = request.node.name.replace('_', '-')[-32:].strip('-')
        (made,) = elbv2.create_load_balancer(Name=name, Subnets=subnets)['LoadBalancers']
        return made

    @pytest.fixture
    def listener(self, aws: Any, made: dict[str, Any]) -> str:
        nobody = {'Type': 'fixed-response', 'FixedResponseConfig': {'StatusCode': '401', 'ContentType': 'text/plain'}}
        (listener,) = aws.client('elbv2').create_listener(
            LoadBalancerArn=made['LoadBalancerArn'], Protocol='HTTP', Port=80, DefaultActions=[nobody]
        )['Listeners']
        return listener['ListenerArn']

    def test_is_active_at_once(self, made: dict[str, Any]) -> None:
        assert made['State']['Code'] == 'active'

    def test_a_rule_validates_tokens(self, aws: Any, listener: str) -> None:
        claim = {'Name': 'aud', 'Format': 'single-string', 'Values': ['mlflow']}
        config = {'JwksEndpoint': 'https://id/keys', 'Issuer': 'https://id', 'AdditionalClaims': [claim]}
        (rule,) = aws.client('elbv2').create_rule(
            ListenerArn=listener,
            Priority=1,
            Conditions=[{'Field': 'path-pattern', 'Values': ['/*']}],
            Actions=[{'Type': 'jwt-validation', 'Order': 1, 'JwtValidationConfig': config}],
        )['Rules']
        assert rule['Actions'][0]['JwtValidationConfig'] == config

    def test_a_stack_names_a_secret_and_its_rule_gets_the_value_and_goes_with_it(self, aws: Any, listener: str) -> None:
        stacks, elbv2 = aws.client('cloudformation'), aws.client('elbv2')
        secret = aws.client('secretsmanager').create_secret(Name='oidc', SecretString='{"client_secret": "s3cret"}')['ARN']
        sign_in = {
            **dict.fromkeys(('Issuer', 'AuthorizationEndpoint', 'TokenEndpoint', 'UserInfoEndpoint'), 'https://id'),
            'ClientId': 'mlflow',
            'ClientSecret': f'{{{{resolve:secretsmanager:{secret}:SecretString:client_secret}}}}',
        }
        rule = {
            'Type': 'AWS::ElasticLoadBalancingV2::ListenerRule',
            'Properties': {
                'ListenerArn': listener,
                'Priority': 1,
                'Conditions': [{'Field': 'path-pattern', 'PathPatternConfig': {'Values': ['/*']}}],
                'Actions': [{'Type': 'authenticate-oidc', 'Order': 1, 'AuthenticateOidcConfig': sign_in}],
            },
        }
        stacks.create_stack(StackName='sign-on', TemplateBody=json.dumps({'Resources': {'Rule': rule}}))

        def secrets() -> list[str]:
            rules = elbv2.describe_rules(ListenerArn=listener)['Rules']
            actions = [action for rule in rules for action in rule['Actions']]
            return [action['AuthenticateOidcConfig']['ClientSecret'] for action in actions if 'AuthenticateOidcConfig' in action]

        assert secrets() == ['s3cret']
        assert 's3cret' not in json.dumps(stacks.get_template(StackName='sign-on')['TemplateBody'])
        stacks.delete_stack(StackName='sign-on')
        assert secrets() == []


class TestRefusal:
    @pytest.mark.parametrize(
        ('service', 'action', 'parameters'),
        [
            ('rds', 'describe_db_major_engine_versions', {}),
            ('ec2', 'describe_ipam_byoasn', {}),
            ('backup', 'list_frameworks', {}),
            ('ssm', 'list_ops_metadata', {}),
            ('route53', 'list_cidr_collections', {}),
            ('s3', 'list_bucket_metrics_configurations', {'Bucket': 'none'}),
        ],
    )
    def test_every_protocol_can_read_it(self, aws: Any, service: str, action: str, parameters: dict[str, str]) -> None:
        client = aws.client(service)
        with pytest.raises(client.exceptions.ClientError) as refused:
            getattr(client, action)(**parameters)
        assert refused.value.response['Error']['Code'] in ('NotImplemented', 'NoSuchBucket')


class TestBackup:
    def test_tags_and_recovery_points_of_a_vault(self, aws: Any) -> None:
        backup = aws.client('backup')
        arn = backup.create_backup_vault(BackupVaultName='vault', BackupVaultTags={'team': 'ml'})['BackupVaultArn']
        answer = requests.get(
            f'https://backup.us-east-1.amazonaws.com/tags/{arn}',
            headers={'Authorization': 'AWS4-HMAC-SHA256 Credential=a/b/us-east-1/backup/c'},
            proxies={'https': aws.endpoint['proxyUrl']}, verify=aws.endpoint['caBundle'], timeout=10,
        )  # fmt: skip
        assert answer.json() == {'Tags': {'team': 'ml'}}
        assert backup.list_tags(ResourceArn=arn)['Tags'] == {'team': 'ml'}
        assert backup.list_recovery_points_by_backup_vault(BackupVaultName='vault')['RecoveryPoints'] == []
