"""A new password for the database, made by the servers themselves: they reach the database, and need nobody else for it.

Whatever moment it is killed at, the servers get in and the next one finishes it: the new password is the secret's AWSPENDING
version before the database learns of it, and AWSCURRENT after; a pending one is taken over before another is made.
"""

from __future__ import annotations

import json
import logging
import secrets
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError
from psycopg2 import sql
from psycopg2.extensions import encrypt_password

from ..config import Config
from ..private_file import runtime_directory
from ..secrets_manager import TRANSIENT as SECRET_TRANSIENT
from ..secrets_manager import is_missing, secrets_manager
from ..waiting import wait_for
from .connection import TRANSIENT, Connection, configure_libpq
from .locks import Lock, only_one
from .password_file import PasswordFile

_logger = logging.getLogger(__name__)

_TIMEOUT = 60.0


@dataclass(frozen=True)
class Version:
    """One version of the secret."""

    id: str
    made: datetime
    text: str = field(repr=False)

    @property
    def password(self) -> str:
        return str(json.loads(self.text)['password'])


def rotate(config: Config, now: bool = False) -> None:
    """Replaces the password when it is due, or `now`; any number of servers may try at once. Raises GaveUp."""
    days = config.database.passwordRotationDays
    if days is None:
        _logger.info('the password of the database is not for the servers to replace')
        return
    secret = Secret(config)

    def due() -> bool:
        return now or secret.pending() is not None or secret.current().made + timedelta(days=days) <= datetime.now(UTC)

    if not wait_for('the secret of the database', lambda: (due(),), SECRET_TRANSIENT, _TIMEOUT)[0]:
        _logger.info('the password of the database is not due')
        return
    # A file of its own: the server may read its own at any moment.
    password_file = runtime_directory() / 'pgpass-rotate'
    configure_libpq(config, password_file)
    login = PasswordFile(config, password_file)
    try:
        wait_for('the secret of the database', login.renew, SECRET_TRANSIENT, _TIMEOUT)
        with ExitStack() as held:
            session = wait_for('the database', lambda: held.enter_context(only_one(config, login, Lock.ROTATION)), TRANSIENT, _TIMEOUT)
            if session is None:
                _logger.info('another server is replacing the password of the database')
            elif due():  # still: another one may just have done it
                _replace(session, config.database.user, secret)
    finally:
        password_file.unlink(missing_ok=True)


def _replace(session: Connection, user: str, secret: Secret) -> None:
    current = secret.current()
    pending = secret.pending() or secret.add_pending(user)
    _set_password(session, user, pending.password)
    secret.make_current(current, pending)
    _logger.info('replaced the password of the database')


def _set_password(session: Connection, user: str, password: str) -> None:
    # What PostgreSQL stores of it, computed here: the statement is in PostgreSQL's log, which has those that change a schema or role.
    verifier = encrypt_password(password, user, scope=session, algorithm='scram-sha-256')
    with session.cursor() as cursor:
        cursor.execute(sql.SQL('ALTER ROLE {} PASSWORD {}').format(sql.Identifier(user), sql.Literal(verifier)))


class Secret:
    """The secret of the database, by the labels that Secrets Manager's own rotation uses.

    Source: AWS Secrets Manager user guide, "What's in a Secrets Manager secret?", "Secret versions".
    """

    def __init__(self, config: Config):
        self._id = config.database.passwordSecretArn
        self._client = secrets_manager(config.region, attempts=4)

    def current(self) -> Version:
        return self._version(VersionStage='AWSCURRENT')

    def pending(self) -> Version | None:
        """What a rotation that was cut off left."""
        try:
            found = self._version(VersionStage='AWSPENDING')
        except ClientError as error:
            if not is_missing(error):
                raise
            return None
        # Cut off after its last step but one.
        return None if found.id == self.current().id else found

    def add_pending(self, user: str) -> Version:
        text = json.dumps({'username': user, 'password': secrets.token_urlsafe(24)})
        made = self._client.put_secret_value(SecretId=self._id, SecretString=text, VersionStages=['AWSPENDING'])
        return self._version(VersionId=made['VersionId'])

    def make_current(self, before: Version, after: Version) -> None:
        move = self._client.update_secret_version_stage
        move(SecretId=self._id, VersionStage='AWSCURRENT', RemoveFromVersionId=before.id, MoveToVersionId=after.id)
        move(SecretId=self._id, VersionStage='AWSPENDING', RemoveFromVersionId=after.id)

    def _version(self, **which: str) -> Version:
        found = self._client.get_secret_value(SecretId=self._id, **which)
        return Version(found['VersionId'], found['CreatedDate'], found['SecretString'])
