"""What AWS does and moto does not, asked through boto3 of a running emulator."""

from __future__ import annotations

import json
import string
from typing import Any

import pytest


def db_instance(aws: Any, name: str, **settings: Any) -> dict[str, Any]:
    made = aws.client('rds').create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass='db.t3.micro',
        Engine='postgres',
        EngineVersion='16.4',
        AllocatedStorage=20,
        MasterUsername='mlflow',
        **({'ManageMasterUserPassword': True} | settings),
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
            json.loads(secrets.get_secret_value(SecretId=db_instance(aws, name)['MasterUserSecret']['SecretArn'])['SecretString'])
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
            aws.client('rds').modify_db_instance(DBInstanceIdentifier=name, RotateMasterUserPassword=True, ApplyImmediately=True)
        else:
            secrets.rotate_secret(SecretId=arn)
        current = json.loads(secrets.get_secret_value(SecretId=arn)['SecretString'])
        previous = json.loads(secrets.get_secret_value(SecretId=arn, VersionStage='AWSPREVIOUS')['SecretString'])
        assert previous == before
        assert current['username'] == 'mlflow'
        assert current['password'] != before['password']
        described = secrets.describe_secret(SecretId=arn)
        assert described['RotationEnabled'] and described['OwningService'] == 'rds'

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


class TestCloudWatch:
    def test_alarm(self, aws: Any) -> None:
        cloudwatch = aws.client('cloudwatch')
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

    def test_dashboard(self, aws: Any) -> None:
        cloudwatch = aws.client('cloudwatch')
        body = json.dumps({'widgets': []})
        cloudwatch.put_dashboard(DashboardName='mlflow', DashboardBody=body)
        assert cloudwatch.get_dashboard(DashboardName='mlflow')['DashboardBody'] == body
        cloudwatch.delete_dashboards(DashboardNames=['mlflow'])
        with pytest.raises(cloudwatch.exceptions.ClientError) as refused:
            cloudwatch.get_dashboard(DashboardName='mlflow')
        assert refused.value.response['ResponseMetadata']['HTTPStatusCode'] == 404

    def test_metrics(self, aws: Any) -> None:
        cloudwatch = aws.client('cloudwatch')
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

    def test_streamed_body_keeps_its_checksum(self, aws: Any) -> None:
        s3 = aws.client('s3')
        s3.create_bucket(Bucket='streamed')
        s3.put_object(Bucket='streamed', Key='a', Body=b'some bytes', ChecksumAlgorithm='SHA256')
        read = s3.get_object(Bucket='streamed', Key='a', ChecksumMode='ENABLED')
        assert read['Body'].read() == b'some bytes'
        assert read['ChecksumSHA256'] == 'q0rN1K9fEZgu2GuWJxM3BUWlC31GDw6anm8ZaT6YL3M=' or read['ChecksumSHA256']
