"""How the backend store is reached: where it is, as libpq and MLflow take it, and connections to it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import psycopg2
import psycopg2.extensions
import sqlalchemy
import sqlalchemy.event
from botocore.exceptions import BotoCoreError

from ..config import Config
from .iam_token import Tokens
from .login import Login, connect_with
from .password_file import PasswordFile

_T = TypeVar('_T')

Connection = psycopg2.extensions.connection

TRANSIENT = (psycopg2.OperationalError,)

# A failed-over or unplugged database is noticed within seconds instead of after the kernel's two hours.
_LIVENESS: dict[str, Any] = {'keepalives_idle': 5, 'keepalives_interval': 2, 'keepalives_count': 3, 'tcp_user_timeout': 10_000}

_CERTIFICATE_AUTHORITIES = Path(__file__).parents[2] / 'rds-ca.pem'


def configure_libpq(config: Config, password_file: Path) -> None:
    """Says by libpq's own variables where the database is. What is set already wins, so that a machine can override."""
    for name, value in {
        'PGHOST': config.database.host,
        'PGPORT': str(config.database.port),
        'PGUSER': config.database.user,
        'PGSSLMODE': 'verify-full',
        'PGSSLROOTCERT': str(_CERTIFICATE_AUTHORITIES),
        'PGPASSFILE': str(password_file),
        'PGCONNECT_TIMEOUT': '5',
        'PGAPPNAME': 'mlflow',
    }.items():
        os.environ.setdefault(name, value)


def store_uri(config: Config, host: str = '') -> str:
    """The backend store as MLflow takes it: driver and database; everything else is in libpq's variables."""
    return f'postgresql+psycopg2://{host}/{config.database.name}?{urlencode(_LIVENESS)}'


def replica_uri(config: Config) -> str:
    """The same of the read replica. A machine may override its port, as libpq's variables do for the primary."""
    port = os.environ.get('REPLICA_PGPORT')
    return store_uri(config, f'{config.database.replicaHost}{(port and f":{port}") or ""}')


def login_of(config: Config, password_file: Path) -> Login:
    """What MLflow logs in with, as configured."""
    user = config.database.iamUser
    return PasswordFile(config, password_file) if user is None else Tokens(config, user)


def log_in_all_engines(login: Login) -> None:
    """Lets every engine of this process connect with the login of the day. Called once in a process."""

    @sqlalchemy.event.listens_for(sqlalchemy.Engine, 'do_connect')
    def _do_connect(dialect: Any, _record: Any, arguments: Any, parameters: Any) -> Any:
        return _connect(login, lambda by: dialect.connect(*arguments, **{**parameters, **by}), parameters.get('host'))


def connect(config: Config, login: Login) -> Connection:
    """A connection of its own to the backend store. Raises psycopg2.OperationalError."""
    return _connect(login, lambda by: log_in(config, by))


def log_in(config: Config, parameters: Mapping[str, Any]) -> Connection:
    """A connection by what libpq is told, once. Raises psycopg2.OperationalError."""
    connection: Connection = psycopg2.connect(dbname=config.database.name, **_LIVENESS, **parameters)
    return connection


def _connect(login: Login, connect: Callable[[dict[str, str]], _T], host: str | None = None) -> _T:
    try:
        return connect_with(login, connect, host)
    except BotoCoreError as error:
        # For whoever connects it is the database that cannot be reached.
        raise psycopg2.OperationalError(f'no {login.kind} for the database: {error}') from None
