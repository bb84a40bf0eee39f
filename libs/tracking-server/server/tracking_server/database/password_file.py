"""The database's password: from Secrets Manager into a file that libpq reads at every new connection.

It is never in a URI, an argument, the environment or a log. A rotation by the servers themselves (rotation.py) may have been cut
off between database and secret: then the pending password is the right one.
"""

from __future__ import annotations

import json
from pathlib import Path

from botocore.exceptions import ClientError

from ..config import Config
from ..private_file import write_private
from ..secrets_manager import is_missing, secrets_manager
from .login import OncePerRefusal


def read_password(config: Config, stage: str = 'AWSCURRENT') -> str:
    """The password in the secret of the database. Raises what boto3 raises."""
    client = secrets_manager(config.region, attempts=2)
    secret = client.get_secret_value(SecretId=config.database.passwordSecretArn, VersionStage=stage)
    return str(json.loads(secret['SecretString'])['password'])


class PasswordFile:
    """A `Login` that keeps the password file of one configuration in step with its secret."""

    kind = 'password'
    source = 'the secret of the database'

    def __init__(self, config: Config, file: Path):
        self._config = config
        self.file = file
        self._refusals = OncePerRefusal()
        self._password: str | None = None

    def parameters(self, _host: str | None = None) -> dict[str, str]:
        """Nothing: libpq reads the file."""
        return {}

    def renew(self, stage: str = 'AWSCURRENT') -> None:
        """Fetches the secret and writes the file. Raises what boto3 raises."""
        self._write(read_password(self._config, stage))

    def renew_refused(self, refused_at: float) -> None:
        """Fetches the secret once for all connections that were refused at about the same time."""
        self._refusals.renew(refused_at, self._renew_current_or_pending)

    def _renew_current_or_pending(self) -> None:
        refused = self._password
        self.renew()
        if refused is None or self._password != refused or self._config.database.passwordRotationDays is None:
            return
        try:
            self.renew('AWSPENDING')
        except ClientError as error:
            if not is_missing(error):
                raise

    def _write(self, password: str) -> None:
        escaped = password.replace('\\', '\\\\').replace(':', '\\:')
        # The user's name is the guard: whatever host and port libpq was pointed at, it is this user's password.
        write_private(self.file, f'*:*:*:{self._config.database.user}:{escaped}\n')
        self._password = password
