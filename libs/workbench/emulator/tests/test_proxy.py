"""The proxy: what is AWS is answered, everything else refused; TLS of its own; a log without secrets."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from conftest import ROOT, Running


def test_account_id_is_the_one_asked_for(aws: Any) -> None:
    assert aws.client('sts').get_caller_identity()['Account'] == aws.account
    assert aws.endpoint['accountId'] == aws.account


def test_other_hosts_are_refused_at_once(aws: Any) -> None:
    started = time.monotonic()
    proxies = {'http': aws.endpoint['proxyUrl'], 'https': aws.endpoint['proxyUrl']}
    plain = requests.get('http://example.com/', proxies=proxies, timeout=10)
    assert plain.status_code == 403
    assert 'example.com is not an AWS host' in plain.text
    try:
        requests.get('https://example.com/', proxies=proxies, timeout=10)
        raise AssertionError('a tunnel to example.com was opened')
    except requests.exceptions.ProxyError as refused:
        assert '403' in str(refused)
    assert time.monotonic() - started < 5


def test_ports_that_somebody_has_are_given_up_for_others(tmp_path: Path) -> None:
    with socket.create_server(('127.0.0.1', 0)) as taken:
        port = taken.getsockname()[1]
        running = Running(tmp_path / 'state', arguments=['--port', str(port), '--metadata-port', str(port)])
    try:
        assert running.client('sts').get_caller_identity()['Account'] == running.account
        ports = [urlsplit(running.endpoint[name]).port for name in ('proxyUrl', 'metadataEndpoint')]
        assert len({port, *ports}) == 3
        assert running.stop() == 0
        again = Running(tmp_path / 'state', arguments=['--port', str(ports[0])])
        assert urlsplit(again.endpoint['proxyUrl']).port == ports[0]
    finally:
        again.kill()


def test_missing_action_fails_at_once(aws: Any) -> None:
    started = time.monotonic()
    answer = requests.post(
        'https://rds.us-east-1.amazonaws.com/',
        data={'Action': 'NoSuchAction', 'Version': '2014-10-31'},
        proxies={'https': aws.endpoint['proxyUrl']},
        verify=aws.endpoint['caBundle'],
        timeout=10,
    )
    assert answer.status_code in (400, 501)
    assert time.monotonic() - started < 5


def test_connections_are_kept(aws: Any) -> None:
    with requests.Session() as session:
        session.proxies = {'https': aws.endpoint['proxyUrl']}
        session.verify = aws.endpoint['caBundle']
        session.trust_env = False
        for _ in range(3):
            session.get('https://s3.us-east-1.amazonaws.com/', timeout=10)
        adapter: Any = session.adapters['https://']
        (pool,) = [pool for manager in adapter.proxy_manager.values() for pool in _pools(manager)]
        assert pool.num_connections == 1


def _pools(manager: Any) -> list[Any]:
    return [manager.pools.get(key) for key in manager.pools.keys()]  # noqa: SIM118 (it does not iterate itself)


def test_private_files_are_private(aws: Any) -> None:
    assert stat.S_IMODE((aws.directory / 'ca.key').stat().st_mode) == 0o600
    assert stat.S_IMODE(aws.directory.stat().st_mode) == 0o700
    assert not list(aws.directory.glob('.leaf-*'))


def test_request_log_has_actions_and_no_secret(aws: Any) -> None:
    secrets = aws.client('secretsmanager')
    secrets.create_secret(Name='logged', SecretString='hunter2-value')
    s3 = aws.client('s3')
    s3.create_bucket(Bucket='logged')
    url = s3.generate_presigned_url('get_object', {'Bucket': 'logged', 'Key': 'none'})
    requests.get(url, proxies={'https': aws.endpoint['proxyUrl']}, verify=aws.endpoint['caBundle'], timeout=10)
    log = (aws.directory / 'requests.log').read_text()
    assert ' POST secretsmanager.us-east-1.amazonaws.com CreateSecret 200 ' in log
    assert 'hunter2' not in log
    assert 'Signature' not in log and 'AKIATEST' not in log


def test_inventory_has_what_was_made_and_no_more(fresh: Running) -> None:
    def resources() -> Any:
        return requests.get(fresh.endpoint['proxyUrl'], timeout=10).json()['resources']

    ec2, s3, iam = fresh.client('ec2'), fresh.client('s3'), fresh.client('iam')
    ec2.describe_instances()
    assert resources() == {}
    vpc = ec2.create_vpc(CidrBlock='10.0.0.0/16')['Vpc']['VpcId']
    s3.create_bucket(Bucket='made')
    iam.create_role(RoleName='made', AssumeRolePolicyDocument='{}')
    found = resources()
    assert found['ec2']['us-east-1']['vpc'] == [vpc]
    assert (found['s3'], found['iam']) == ({'aws': {'bucket': ['made']}}, {'aws': {'role': ['made']}})
    ec2.delete_vpc(VpcId=vpc)
    s3.delete_bucket(Bucket='made')
    iam.delete_role(RoleName='made')
    assert resources() == {}


def test_two_emulators_do_not_meet(aws: Any, fresh: Running) -> None:
    aws.client('s3').create_bucket(Bucket='only-in-the-first')
    assert fresh.client('s3').list_buckets()['Buckets'] == []
    assert (fresh.directory / 'ca.crt').read_bytes() != (aws.directory / 'ca.crt').read_bytes()


def test_one_state_directory_has_one_emulator(fresh: Running) -> None:
    second = subprocess.run(
        [sys.executable, '-m', 'emulated_aws', '--state-dir', str(fresh.directory), '--account-id', fresh.account],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert second.returncode == 1
    assert 'another emulated AWS runs on this state directory' in second.stderr
    assert 'Traceback' not in second.stderr


def test_bad_account_is_said_so(tmp_path: Path) -> None:
    refused = subprocess.run(
        [sys.executable, '-m', 'emulated_aws', '--state-dir', str(tmp_path / 'x'), '--account-id', '12'],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert refused.returncode == 2
    assert 'got "12", an AWS account id is 12 digits' in refused.stderr
    assert not os.path.exists(tmp_path / 'x')
