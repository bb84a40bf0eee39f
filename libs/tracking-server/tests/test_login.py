"""Logging in to the database by a password file, and by tokens."""

from __future__ import annotations

import re
import stat
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import botocore.auth
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.session import Session
from server_config import CONFIG, SERVER, write
from tracking_server.config import read_config
from tracking_server.database import iam_token, login
from tracking_server.database.password_file import PasswordFile


class TestPasswordFile:
    @pytest.fixture
    def kept(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
        """Credentials whose secret is a list: each reading takes the next password, the last one stays."""
        kept: Any = PasswordFile(read_config(write(tmp_path)), tmp_path / 'run' / 'pgpass')
        passwords: list[str] = []
        monkeypatch.setattr(kept, 'renew', lambda: kept._write(passwords.pop(0) if len(passwords) > 1 else passwords[0]))
        monkeypatch.setattr(login, 'RETRY_PAUSE', 0.001)
        kept.passwords = passwords
        return kept

    def test_file_is_for_its_user_alone_and_as_libpq_reads_it(self, kept: Any) -> None:
        kept.passwords.append('a:b\\c')
        kept.renew()
        assert kept.file.read_text() == '*:*:*:mlflow:a\\:b\\\\c\n'
        assert stat.S_IMODE(kept.file.stat().st_mode) == 0o600
        assert [path.name for path in kept.file.parent.iterdir()] == ['pgpass']

    def test_refused_password_is_read_again_until_it_fits(self, kept: Any) -> None:
        kept.passwords.extend(['old', 'old', 'new'])
        kept.renew()

        def connect(_login: dict[str, str]) -> str:
            if 'new' not in kept.file.read_text():
                raise RuntimeError('FATAL: password authentication failed for user "mlflow"')
            return 'connected'

        assert login.connect_with(kept, connect) == 'connected'

    def test_refusal_that_stays_is_raised(self, kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(login, 'RETRY_SECONDS', 0.05)
        kept.passwords.append('wrong')

        def connect(_login: dict[str, str]) -> None:
            raise RuntimeError('password authentication failed')

        with pytest.raises(RuntimeError, match='password authentication failed'):
            login.connect_with(kept, connect)

    def test_other_errors_are_no_reason_to_read_the_secret(self, kept: Any) -> None:
        def connect(_login: dict[str, str]) -> None:
            raise RuntimeError('connection refused')

        with pytest.raises(RuntimeError, match='connection refused'):
            login.connect_with(kept, connect)
        assert not kept.file.exists()

    def test_refused_current_password_is_followed_by_the_pending_one_and_back(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rotated = {**CONFIG['database'], 'passwordRotationDays': 30}
        kept = PasswordFile(read_config(write(tmp_path, database=rotated)), tmp_path / 'pgpass')
        secret = {'AWSCURRENT': 'old', 'AWSPENDING': 'new'}
        monkeypatch.setattr(kept, 'renew', lambda stage='AWSCURRENT': kept._write(secret[stage]))
        monkeypatch.setattr(login, 'RETRY_PAUSE', 0.001)
        kept.renew()
        # The database is ahead of the secret, and the other way round.
        for right in ('new', 'old'):

            def connect(_login: Any, right: str = right) -> str:
                if right not in kept.file.read_text():
                    raise RuntimeError('FATAL: password authentication failed for user "mlflow"')
                return 'connected'

            assert login.connect_with(kept, connect) == 'connected'

    def test_refusals_of_many_connections_read_the_secret_once(self, kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        kept.passwords.append('new')
        readings: list[int] = []
        renew = kept.renew

        def counted() -> None:
            readings.append(1)
            renew()

        monkeypatch.setattr(kept, 'renew', counted)
        refused_at = time.monotonic()
        threads = [threading.Thread(target=kept.renew_refused, args=(refused_at,)) for _ in range(8)]
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
        return iam_token.Tokens(read_config(write(tmp_path, region='eu-central-1', database=database)), 'mlflow_iam')

    def test_is_what_boto3_makes(self, tokens: iam_token.Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
        client: Any = Session().create_client('rds', region_name='eu-central-1')
        theirs = client.generate_db_auth_token(self.HOST, 5432, 'mlflow_iam')
        # In the same second.
        second = datetime.strptime(re.findall(r'X-Amz-Date=(\w+)', theirs)[0], '%Y%m%dT%H%M%SZ')
        monkeypatch.setattr(botocore.auth, 'get_current_datetime', lambda *_: second)
        shown = tokens.parameters()
        assert shown['user'] == 'mlflow_iam'
        # Whatever the order of the parameters, which is no part of the signature.
        assert sorted(re.split('[?&]', shown['password'])) == sorted(re.split('[?&]', theirs))
        assert tokens.parameters('replica.example.com')['password'].startswith('replica.example.com:5432/?Action=connect')

    def test_is_signed_anew_with_what_the_role_has_after_a_refusal(
        self, tokens: iam_token.Tokens, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(login, 'RETRY_PAUSE', 0.001)

        def connect(shown: dict[str, str]) -> str:
            if 'Credential=first' not in shown['password']:
                return 'connected'
            monkeypatch.setenv('AWS_ACCESS_KEY_ID', 'second')
            raise RuntimeError('FATAL: PAM authentication failed for user "mlflow_iam"')

        assert login.connect_with(tokens, connect) == 'connected'

    def test_a_machine_without_a_role_is_told(self, tokens: iam_token.Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv('AWS_ACCESS_KEY_ID')
        monkeypatch.setenv('AWS_EC2_METADATA_DISABLED', 'true')
        monkeypatch.setenv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null')
        with pytest.raises(NoCredentialsError):
            tokens.parameters()


def test_every_lock_of_the_database_has_a_number_of_its_own() -> None:
    # A server turns everybody away while somebody holds the lock of a migration. An enumeration would show a repeated number once.
    locks = re.findall(r'^ +\w+ = (0x\w+)$', (SERVER / 'tracking_server' / 'database' / 'locks.py').read_text(), re.MULTILINE)
    assert len(locks) == len(set(locks)) > 1
