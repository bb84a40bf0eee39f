"""The parts of the server that need no database; those that do are in the integration suite of apps/local."""

from __future__ import annotations

import asyncio
import hashlib
import http.server
import json
import logging
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any, Iterator
from unittest.mock import MagicMock

import pytest
from botocore.exceptions import NoCredentialsError
from botocore.session import Session
from tracking_server import credentials, iam_token, instance_metadata, reading, waiting
from tracking_server.config import ConfigError, read_config
from tracking_server.log import JsonFormatter
from tracking_server.schema_watch import SchemaWatch

CHECKOUT = Path(__file__).parents[3]
SERVER = CHECKOUT / 'libs/tracking-server/server'

CONFIG = {
    'environment': 'dev',
    'region': 'us-east-1',
    'port': 5000,
    'keepAliveSeconds': 130,
    'database': {
        'host': 'db',
        'replicaHost': None,
        'port': 5432,
        'name': 'mlflow_db',
        'user': 'mlflow',
        'passwordSecretArn': 'arn:secret',
        'passwordRotationDays': None,
        'iamUser': None,
    },
    'artifacts': {'bucket': 'b', 'prefix': 'artifacts', 'traceArchivePrefix': 'archived-traces', 'mode': 'proxied'},
    'allowedHosts': [],
    'corsAllowedOrigins': [],
    'publicDns': True,
    'adminSecretArn': None,
    'prometheusPort': None,
    'logGroup': None,
    'housekeeping': None,
    'sizing': {'workers': 1, 'poolSize': 10, 'maxOverflow': 10},
}


def write(path: Path, **changes: Any) -> Path:
    file = path / 'server.json'
    file.write_text(json.dumps({**CONFIG, **changes}))
    return file


class TestConfig:
    def test_is_read(self, tmp_path: Path) -> None:
        config = read_config(write(tmp_path))
        assert config.database.host == 'db'
        assert config.sizing.workers == 1

    def test_all_problems_are_told_at_once(self, tmp_path: Path) -> None:
        file = write(tmp_path, port='five', artifacts={'bucket': '', 'prefix': 'a', 'mode': 'both'}, publicDNS=True)
        with pytest.raises(ConfigError) as told:
            read_config(file)
        lines = str(told.value).splitlines()
        assert any(f'{file}: port: got "five", want a whole number' == line for line in lines)
        assert any('artifacts.bucket: got ""' in line for line in lines)
        assert any('publicDNS: unknown key' in line for line in lines)

    def test_what_may_be_left_out_is_null(self, tmp_path: Path) -> None:
        plan = {'at': '02:30', 'purgeDeletedAfterDays': 30, 'archiveTracesAfterDays': None}
        assert read_config(write(tmp_path, housekeeping=plan)).housekeeping.purgeDeletedAfterDays == 30
        assert read_config(write(tmp_path)).housekeeping is None
        with pytest.raises(ConfigError, match='housekeeping.purgeDeletedAfterDays: got true, want a whole number or null'):
            read_config(write(tmp_path, housekeeping={**plan, 'purgeDeletedAfterDays': True}))

    @pytest.mark.parametrize('text, told', [('{', 'want JSON'), ('[]', 'want an object'), (None, 'cannot be read')])
    def test_what_is_no_configuration(self, tmp_path: Path, text: str | None, told: str) -> None:
        file = tmp_path / 'server.json'
        if text is not None:
            file.write_text(text)
        with pytest.raises(ConfigError, match=told):
            read_config(file)

    def test_unknown_mode(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match='got "both", want proxied, presigned or direct'):
            read_config(write(tmp_path, artifacts={**CONFIG['artifacts'], 'mode': 'both'}))


def test_every_lock_of_the_database_has_a_number_of_its_own() -> None:
    # A server turns everybody away while somebody holds the lock of a migration.
    locks = re.findall(r'^ +\w+ = (0x\w+)$', (SERVER / 'tracking_server' / 'locks.py').read_text(), re.MULTILINE)
    assert len(locks) == len(set(locks)) > 1


class TestWaiting:
    @pytest.fixture(autouse=True)
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        """Time that passes only by waiting."""
        pauses: list[float] = []
        monkeypatch.setattr(waiting.time, 'sleep', pauses.append)
        monkeypatch.setattr(waiting.time, 'monotonic', lambda: sum(pauses))
        return pauses

    def test_grows_its_pauses_until_it_is_there(self, clock: list[float], caplog: pytest.LogCaptureFixture) -> None:
        answers = iter([ValueError('not yet'), ValueError('not yet'), ValueError('not yet'), None])

        def attempt() -> str:
            answer = next(answers)
            if answer:
                raise answer
            return 'there'

        with caplog.at_level(logging.INFO):
            assert waiting.wait_for('the database', attempt, (ValueError,), 60) == 'there'
        assert clock == [0.5, 1.0, 2.0]
        assert 'waiting for the database' in caplog.text

    def test_gives_up_with_one_line(self, clock: list[float]) -> None:
        def attempt() -> None:
            raise ValueError('connection\nrefused')

        with pytest.raises(waiting.GaveUp) as told:
            waiting.wait_for('the database', attempt, (ValueError,), 30)
        assert str(told.value).startswith('gave up waiting for the database after')
        assert str(told.value).endswith('connection refused')
        assert '\n' not in str(told.value)
        assert sum(clock) <= 30

    def test_what_will_not_pass_is_not_waited_for(self) -> None:
        with pytest.raises(KeyError):
            waiting.wait_for('x', lambda: {}['x'], (ValueError,), 30)


class TestCredentials:
    @pytest.fixture
    def kept(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
        """Credentials whose secret is a list: each reading takes the next password, the last one stays."""
        kept = credentials.Credentials(read_config(write(tmp_path)), tmp_path / 'run' / 'pgpass')
        passwords: list[str] = []
        monkeypatch.setattr(kept, 'refresh', lambda: kept._write(passwords.pop(0) if len(passwords) > 1 else passwords[0]))
        monkeypatch.setattr(credentials, 'RETRY_PAUSE', 0.001)
        kept.passwords = passwords
        return kept

    def test_file_is_for_its_user_alone_and_as_libpq_reads_it(self, kept: Any) -> None:
        kept.passwords.append('a:b\\c')
        kept.refresh()
        assert kept.file.read_text() == '*:*:*:mlflow:a\\:b\\\\c\n'
        assert stat.S_IMODE(kept.file.stat().st_mode) == 0o600
        assert [path.name for path in kept.file.parent.iterdir()] == ['pgpass']

    def test_refused_password_is_read_again_until_it_fits(self, kept: Any) -> None:
        kept.passwords.extend(['old', 'old', 'new'])
        kept.refresh()

        def connect(_login: dict[str, str]) -> str:
            if 'new' not in kept.file.read_text():
                raise RuntimeError('FATAL: password authentication failed for user "mlflow"')
            return 'connected'

        assert credentials.connect_with_fresh_password(kept, connect) == 'connected'

    def test_refusal_that_stays_is_raised(self, kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(credentials, 'RETRY_SECONDS', 0.05)
        kept.passwords.append('wrong')

        def connect(_login: dict[str, str]) -> None:
            raise RuntimeError('password authentication failed')

        with pytest.raises(RuntimeError, match='password authentication failed'):
            credentials.connect_with_fresh_password(kept, connect)

    def test_other_errors_are_no_reason_to_read_the_secret(self, kept: Any) -> None:
        def connect(_login: dict[str, str]) -> None:
            raise RuntimeError('connection refused')

        with pytest.raises(RuntimeError, match='connection refused'):
            credentials.connect_with_fresh_password(kept, connect)
        assert not kept.file.exists()

    def test_refused_current_password_is_followed_by_the_pending_one_and_back(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rotated = {**CONFIG['database'], 'passwordRotationDays': 30}
        kept = credentials.Credentials(read_config(write(tmp_path, database=rotated)), tmp_path / 'pgpass')
        secret = {'AWSCURRENT': 'old', 'AWSPENDING': 'new'}
        monkeypatch.setattr(kept, 'refresh', lambda stage='AWSCURRENT': kept._write(secret[stage]))
        monkeypatch.setattr(credentials, 'RETRY_PAUSE', 0.001)
        kept.refresh()
        # The database is ahead of the secret, and the other way round.
        for right in ('new', 'old'):

            def connect(_login: Any) -> str:
                if right not in kept.file.read_text():
                    raise RuntimeError('FATAL: password authentication failed for user "mlflow"')
                return 'connected'

            assert credentials.connect_with_fresh_password(kept, connect) == 'connected'

    def test_refusals_of_many_connections_read_the_secret_once(self, kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        kept.passwords.append('new')
        readings: list[int] = []
        refresh = kept.refresh
        monkeypatch.setattr(kept, 'refresh', lambda: (readings.append(1), refresh()))
        refused_at = credentials.time.monotonic()
        threads = [threading.Thread(target=kept.refresh_after_refusal, args=(refused_at,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(readings) == 1


class TestTokens:
    HOST = 'db.abc.eu-central-1.rds.amazonaws.com'

    @pytest.fixture
    def tokens(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> iam_token.Tokens:
        """Tokens of a machine with credentials in the environment, for a role that logs in with them."""
        for name, value in {'ACCESS_KEY_ID': 'first', 'SECRET_ACCESS_KEY': 'a/+=b', 'SESSION_TOKEN': 'c/+=d'}.items():
            monkeypatch.setenv(f'AWS_{name}', value)
        database = {**CONFIG['database'], 'host': self.HOST, 'iamUser': 'mlflow_iam'}
        return iam_token.Tokens(read_config(write(tmp_path, region='eu-central-1', database=database)), tmp_path / 'pgpass')

    def test_is_what_boto3_makes(self, tokens: iam_token.Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
        client = Session().create_client('rds', region_name='eu-central-1')
        theirs = client.generate_db_auth_token(self.HOST, 5432, 'mlflow_iam')
        # In the same second.
        second = datetime.strptime(re.findall(r'X-Amz-Date=(\w+)', theirs)[0], '%Y%m%dT%H%M%SZ')
        monkeypatch.setattr(iam_token.botocore.auth, 'get_current_datetime', lambda *_: second)
        login = tokens.login()
        assert login['user'] == 'mlflow_iam'
        # Whatever the order of the parameters, which is no part of the signature.
        assert sorted(re.split('[?&]', login['password'])) == sorted(re.split('[?&]', theirs))
        assert tokens.login('replica.example.com')['password'].startswith('replica.example.com:5432/?Action=connect')

    def test_is_signed_anew_with_what_the_role_has_after_a_refusal(
        self, tokens: iam_token.Tokens, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(credentials, 'RETRY_PAUSE', 0.001)

        def connect(login: dict[str, str]) -> str:
            if 'Credential=first' not in login['password']:
                return 'connected'
            monkeypatch.setenv('AWS_ACCESS_KEY_ID', 'second')
            raise RuntimeError('FATAL: PAM authentication failed for user "mlflow_iam"')

        assert credentials.connect_with_fresh_password(tokens, connect) == 'connected'
        assert not tokens.file.exists()

    def test_a_machine_without_a_role_is_told(self, tokens: iam_token.Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv('AWS_ACCESS_KEY_ID')
        monkeypatch.setenv('AWS_EC2_METADATA_DISABLED', 'true')
        monkeypatch.setenv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null')
        with pytest.raises(NoCredentialsError):
            tokens.login()


class TestLog:
    def test_is_one_object_a_line_without_passwords(self) -> None:
        try:
            raise ValueError('two\nlines')
        except ValueError as error:
            record = logging.LogRecord('x', logging.ERROR, __file__, 1, 'at %s', ('postgresql://mlflow:s3cret@db/x',), (ValueError, error, error.__traceback__))
        line = JsonFormatter().format(record)
        assert '\n' not in line
        entry = json.loads(line)
        assert entry['message'] == 'at postgresql://mlflow:***@db/x'
        assert 'ValueError' in entry['exception']

    def test_signatures_stay_out(self) -> None:
        record = logging.LogRecord('x', logging.INFO, __file__, 1, 'GET /?A=b&X-Amz-Security-Token=s3%3D&X-Amz-Signature=cret', (), None)
        assert json.loads(JsonFormatter().format(record))['message'] == 'GET /?A=b&X-Amz-Security-Token=***&X-Amz-Signature=***'


class TestSchemaWatch:
    @pytest.fixture
    def database(self) -> dict[str, Any]:
        """What the database says: its schema, and whether nobody is about to migrate it."""
        return {'schema': 'ours', 'free': True}

    @pytest.fixture
    def watch(self, database: dict[str, Any]) -> SchemaWatch:
        def connect() -> Any:
            if database['schema'] is None:
                raise OSError('gone')
            connection = MagicMock()
            connection.cursor.return_value.__enter__.return_value.fetchone.return_value = (database['schema'], database['free'])
            return connection

        return SchemaWatch('ours', connect)

    def refused(self, watch: SchemaWatch) -> list[str]:
        watch.look()
        return [path for path in ('/api', '/ready', '/health', '/version') if watch.refuses(path)]

    def test_steps_aside_while_another_migrates_and_wants_a_replacement_afterwards(self, watch: SchemaWatch, database: dict[str, Any]) -> None:
        assert self.refused(watch) == []
        database['free'] = False
        assert self.refused(watch) == ['/api', '/ready']
        database.update(schema='theirs', free=True)
        assert self.refused(watch) == ['/api', '/ready', '/health']

    def test_goes_on_when_the_migration_failed_or_was_undone(self, watch: SchemaWatch, database: dict[str, Any]) -> None:
        database['free'] = False
        assert self.refused(watch) == ['/api', '/ready']
        database['free'] = True
        assert self.refused(watch) == []

    def test_a_database_that_is_away_changes_nothing(self, watch: SchemaWatch, database: dict[str, Any]) -> None:
        database['schema'] = None
        assert self.refused(watch) == []
        database.update(schema='theirs')
        watch.look()
        database['schema'] = None
        assert self.refused(watch) == ['/api', '/ready', '/health']

    def test_every_change_is_told_once(self, watch: SchemaWatch, database: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        database['schema'] = 'theirs'
        watch.look()
        watch.look()
        assert [record.getMessage() for record in caplog.records] == [
            'the database has schema theirs, not ours: another MLflow migrated it'
        ]


class Metadata(http.server.BaseHTTPRequestHandler):
    """IMDSv2 as far as the server asks it."""

    def answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def do_PUT(self) -> None:
        self.answer(200, 'token')

    def do_GET(self) -> None:
        allowed = self.headers['X-aws-ec2-metadata-token'] == 'token'
        self.answer(200, 'ec2-1.example.com') if allowed else self.answer(401, '')

    def log_message(self, *_: Any) -> None:
        pass


class TestInstanceMetadata:
    @pytest.fixture
    def endpoint(self) -> Iterator[str]:
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Metadata)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f'http://127.0.0.1:{server.server_port}'
        server.shutdown()
        server.server_close()

    def test_public_name_with_a_token_and_past_every_proxy(self, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv('AWS_EC2_METADATA_SERVICE_ENDPOINT', endpoint)
        monkeypatch.setenv('http_proxy', 'http://127.0.0.1:1')
        monkeypatch.delenv('AWS_EC2_METADATA_DISABLED', raising=False)
        assert instance_metadata.public_dns_name() == 'ec2-1.example.com'

    def test_no_instance_no_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv('AWS_EC2_METADATA_SERVICE_ENDPOINT', 'http://127.0.0.1:1')
        monkeypatch.delenv('AWS_EC2_METADATA_DISABLED', raising=False)
        assert instance_metadata.public_dns_name() is None
        monkeypatch.setenv('AWS_EC2_METADATA_DISABLED', 'true')
        assert instance_metadata.public_dns_name() is None


class TestUnits:
    """What boot leaves for systemd and the CloudWatch agent, in a root folder of its own."""

    @pytest.fixture
    def boot(self, tmp_path: Path) -> Any:
        root = tmp_path / 'root'
        venv = tmp_path / 'venv'
        (root / 'etc' / 'mlflow').mkdir(parents=True)
        (root / 'opt' / 'mlflow').mkdir(parents=True)
        (venv / 'bin').mkdir(parents=True)
        (venv / '.complete').touch()
        (venv / 'bin' / 'python').symlink_to(sys.executable)

        def boot(**changes: Any) -> tuple[str, Path]:
            write(root / 'etc' / 'mlflow', **changes)
            environment = {**os.environ, 'MLFLOW_ROOT': str(root), 'MLFLOW_VENV': str(venv)}
            told = subprocess.run([SERVER / 'boot'], env=environment, capture_output=True, text=True, check=True)
            return told.stdout, root

        return boot

    def test_the_journal_takes_the_log_and_nothing_is_timed_unless_asked_for(self, boot: Any) -> None:
        told, root = boot()
        assert told.endswith('done, with no timers\n')
        assert not (root / 'etc/systemd/system/mlflow.service.d').exists()
        assert 'SystemMaxUse=' in (root / 'etc/systemd/journald.conf.d/mlflow.conf').read_text()

    def test_housekeeping_at_its_time(self, boot: Any) -> None:
        plan = {'at': '23:15', 'purgeDeletedAfterDays': 30, 'archiveTracesAfterDays': None}
        told, root = boot(housekeeping=plan)
        assert told.endswith('done, with mlflow-housekeeping.timer\n')
        assert 'OnCalendar=*-*-* 23:15 UTC\n' in (root / 'etc/systemd/system/mlflow-housekeeping.timer').read_text()

    def test_a_log_group_gets_the_files_that_every_unit_writes(self, boot: Any) -> None:
        told, root = boot(logGroup='/prod-mlflow/server', environment='prod')
        assert told.endswith('done, with mlflow-logs.timer\n')
        agent = json.loads((root / 'etc/mlflow/cloudwatch-agent.json').read_text())
        [files] = agent['logs']['logs_collected']['files']['collect_list']
        assert files['log_group_name'] == '/prod-mlflow/server'
        collected = agent['metrics']['metrics_collected']
        assert {name: metric['append_dimensions'] for name, metric in collected.items()} == {
            'mem': {'Environment': 'prod'},
            'disk': {'Environment': 'prod'},
        }
        # The pattern is that of the agent and of the rotation.
        assert files['file_path'] in (SERVER / 'logrotate.conf').read_text()
        folder = files['file_path'].removesuffix('*.log')
        for units in ('mlflow.service.d', 'mlflow-.service.d'):
            assert f'StandardOutput=append:{folder}%N.log' in (root / 'etc/systemd/system' / units / 'log.conf').read_text()

    @pytest.mark.skipif(shutil.which('systemd-analyze') is None, reason='a machine without systemd')
    def test_systemd_understands_every_unit(self, boot: Any) -> None:
        _, root = boot(logGroup='/prod-mlflow/server')
        units = [path for path in (root / 'etc/systemd/system').iterdir() if path.is_file()]
        checked = subprocess.run(['systemd-analyze', 'verify', *units], capture_output=True, text=True, check=False)
        told = [line for line in checked.stderr.splitlines() if 'mlflow' in line and 'is not executable' not in line]
        assert told == []


@pytest.mark.parametrize('script', ['libs/tracking-server/server/boot', '.ci/run'])
def test_shellcheck_finds_nothing(script: str) -> None:
    # The `shellcheck` of the environment that runs these tests.
    shellcheck = Path(sys.executable).parent / 'shellcheck'
    checked = subprocess.run([shellcheck, CHECKOUT / script], capture_output=True, text=True, check=False)
    assert checked.stdout == ''
    assert checked.returncode == 0


class TestBoot:
    """`boot` with a requirement of its own, in a folder; what only a real machine has is left out."""

    @pytest.fixture
    def wheels(self, tmp_path: Path) -> Path:
        """A folder with one wheel, as it would be in S3."""
        folder = tmp_path / 'in S3' / 'wheels'
        folder.mkdir(parents=True)
        with zipfile.ZipFile(folder / 'little-1.0-py3-none-any.whl', 'w') as wheel:
            about = 'little-1.0.dist-info/'
            wheel.writestr('little.py', 'word = "installed"\n')
            wheel.writestr(f'{about}METADATA', 'Metadata-Version: 2.1\nName: little\nVersion: 1.0\n')
            wheel.writestr(f'{about}WHEEL', 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n')
            wheel.writestr(f'{about}RECORD', f'little.py,,\n{about}METADATA,,\n{about}WHEEL,,\n{about}RECORD,,\n')
        return folder

    def boot(self, tmp_path: Path, wheels: Path, sha256: str) -> subprocess.CompletedProcess[str]:
        here, programs, root = tmp_path / 'here', tmp_path / 'bin', tmp_path / 'root'
        for folder in (programs, root / 'opt' / 'mlflow', root / 'etc' / 'mlflow'):
            folder.mkdir(parents=True)
        shutil.copytree(SERVER, here)
        write(root / 'etc' / 'mlflow')
        (here / 'requirements.txt').write_text(f'little==1.0 --hash=sha256:{sha256}\n')
        (programs / 'python3.11').symlink_to(sys.executable)
        # aws s3 cp --recursive --only-show-errors s3://wheels/mlflow/ FOLDER/
        (programs / 'aws').write_text(f'#!/bin/sh\n[ "$5" = s3://wheels/mlflow/ ] && mkdir -p "$6" && cp "{wheels}"/* "$6"\n')
        (programs / 'aws').chmod(0o755)
        env = {
            'PATH': f'{programs}:/usr/bin:/bin',
            'MLFLOW_ROOT': str(root),
            'MLFLOW_WHEELHOUSE': 's3://wheels/mlflow',
            # Whatever it would fetch from elsewhere it does not get.
            'PIP_INDEX_URL': 'http://localhost:9/',
        }
        return subprocess.run([here / 'boot'], env=env, capture_output=True, text=True)

    def test_installs_from_a_folder_in_s3_and_keeps_no_copy(self, tmp_path: Path, wheels: Path) -> None:
        sha256 = hashlib.sha256(next(wheels.iterdir()).read_bytes()).hexdigest()
        booted = self.boot(tmp_path, wheels, sha256)
        assert booted.returncode == 0, booted.stderr
        python = tmp_path / 'root' / 'opt' / 'mlflow' / 'venv' / 'bin' / 'python'
        assert subprocess.check_output([python, '-c', 'import little; print(little.word)'], text=True) == 'installed\n'
        assert list((tmp_path / 'root' / 'var' / 'tmp').iterdir()) == []

    def test_refuses_a_wheel_that_is_not_the_lock_s(self, tmp_path: Path, wheels: Path) -> None:
        booted = self.boot(tmp_path, wheels, '0' * 64)
        assert booted.returncode != 0
        assert 'DO NOT MATCH THE HASHES' in booted.stderr
        assert not (tmp_path / 'root' / 'opt' / 'mlflow' / 'venv').exists()
class TestReading:
    """Requests to an application that answers 404 from a replica, and 200 from the primary."""

    @pytest.fixture
    def ask(self) -> Any:
        def ask(method: str, path: str, *parts: bytes, statuses: tuple[int, int] = (404, 200)) -> tuple[list[tuple[bool, bytes]], list[Any]]:
            asked: list[tuple[bool, bytes]] = []

            async def application(_scope: Any, receive: Any, send: Any) -> None:
                body = b''
                more = True
                while more:
                    message = await receive()
                    body += message['body']
                    more = message['more_body']
                primary = reading.on_primary.get()
                asked.append((primary, body))
                await send({'type': 'http.response.start', 'status': statuses[primary]})
                await send({'type': 'http.response.body', 'body': b'primary' if primary else b'replica'})

            answers: list[Any] = []
            waiting = [{'type': 'http.request', 'body': part, 'more_body': True} for part in parts]
            waiting.append({'type': 'http.request', 'body': b'', 'more_body': False})

            async def receive() -> Any:
                return waiting.pop(0)

            async def send(message: Any) -> None:
                answers.append(message.get('status') or message['body'])

            scope = {'type': 'http', 'method': method, 'path': path}
            asyncio.run(reading.ReadsFromReplica(application)(scope, receive, send))
            return asked, answers

        return ask

    @pytest.mark.parametrize('method, path', [('GET', '/api/2.0/mlflow/runs/get'), ('POST', '/ajax-api/2.0/mlflow/runs/search')])
    @pytest.mark.parametrize('status', [404, 503])
    def test_what_a_replica_has_not_is_asked_of_the_primary(self, ask: Any, method: str, path: str, status: int) -> None:
        asked, answers = ask(method, path, b'{"a":', b' 1}', statuses=(status, 200))
        assert asked == [(False, b'{"a": 1}'), (True, b'{"a": 1}')]
        assert answers == [200, b'primary']

    @pytest.mark.parametrize('status', [200, 400])
    def test_what_it_has_is_not(self, ask: Any, status: int) -> None:
        asked, answers = ask('GET', '/api/2.0/mlflow/runs/get', statuses=(status, 200))
        assert asked == [(False, b'')]
        assert answers == [status, b'replica']

    @pytest.mark.parametrize(
        'method, path',
        [
            ('POST', '/api/2.0/mlflow/runs/create'),
            ('DELETE', '/api/2.0/mlflow/model-versions/delete'),
            ('GET', '/api/2.0/mlflow-artifacts/artifacts/model.pkl'),
            ('POST', '/graphql'),
        ],
    )
    def test_changes_and_artifacts_read_from_the_primary(self, ask: Any, method: str, path: str) -> None:
        asked, answers = ask(method, path, b'x')
        assert asked == [(True, b'x')]
        assert answers == [200, b'primary']
