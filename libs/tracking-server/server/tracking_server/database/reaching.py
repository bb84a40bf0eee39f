"""Waiting until the backend store can be reached, which a server does before anything else."""

from __future__ import annotations

import os

from ..config import Config
from ..private_file import runtime_directory
from ..secrets_manager import TRANSIENT as SECRET_TRANSIENT
from ..waiting import wait_for
from . import iam_role
from .connection import TRANSIENT, configure_libpq, connect, log_in_all_engines, login_of
from .iam_token import Tokens
from .login import Login

# A new RDS instance takes up to a quarter of an hour; systemd starts over after that.
DATABASE_TIMEOUT = 900.0
SECRET_TIMEOUT = 300.0


def reach(config: Config) -> Login:
    """Waits for secret and database, and leaves this process and those it starts able to connect. Raises GaveUp."""
    os.environ.setdefault('AWS_DEFAULT_REGION', config.region)
    password_file = runtime_directory() / 'pgpass'
    configure_libpq(config, password_file)
    login = login_of(config, password_file)
    wait_for(login.source, login.renew, SECRET_TRANSIENT, SECRET_TIMEOUT)
    transient = (*TRANSIENT, *SECRET_TRANSIENT)
    wait_for('the database', lambda: _log_in_first(config, login), transient, DATABASE_TIMEOUT)
    log_in_all_engines(login)
    return login


def _log_in_first(config: Config, login: Login) -> None:
    """Logs in once, and sees to the role that it takes. Raises what libpq and boto3 raise."""
    if isinstance(login, Tokens):
        iam_role.prepare(config, login)
    connect(config, login).close()
