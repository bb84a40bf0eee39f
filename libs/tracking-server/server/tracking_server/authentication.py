"""MLflow's own users and passwords: the first of them, and the key that every server shares.

The first server that starts makes the administrator's password and the key of the sign-up form, and keeps them in Secrets
Manager; Terraform only makes the empty secret. Users are in the backend store, the same for every server.
"""

from __future__ import annotations

import logging
import os
import secrets
from pathlib import Path

from .config import Config
from .database.connection import store_uri
from .private_file import write_private
from .secrets_manager import read_or_make

_logger = logging.getLogger(__name__)

ADMIN = 'admin'

# A password is checked by 600,000 rounds of a hash, a tenth of a second each; what was right stays right for so long. A password
# that is changed on one server is refused by the others after as many seconds.
REMEMBER_SECONDS = 30


def prepare(config: Config, secret_arn: str, directory: Path) -> None:
    """Makes sure of secret, tables and administrator, for the workers to find; called by one server at a time."""
    secret = read_or_make(config.region, secret_arn, _new_secret)
    write_private(directory / 'flask-key', secret['flask_key'])
    settings = directory / 'basic-auth.ini'
    # `%` means something in this file; there is none in the URI, which holds no password.
    write_private(
        settings,
        f'[mlflow]\ndefault_permission = READ\ndatabase_uri = {store_uri(config)}\n'
        f'auth_cache_ttl_seconds = {REMEMBER_SECONDS}\n',
    )
    os.environ['MLFLOW_AUTH_CONFIG_PATH'] = str(settings)
    # The workers find the administrator there and need no password.
    os.environ['_MLFLOW_AUTH_ADMIN_BOOTSTRAPPED'] = 'true'
    _make_admin(config, secret['password'])


def load_key(directory: Path) -> None:
    """Gives the key to MLflow, in this process: the environment that other processes see is that of its start."""
    os.environ['MLFLOW_FLASK_SERVER_SECRET_KEY'] = (directory / 'flask-key').read_text()


def _new_secret() -> dict[str, str]:
    return {'username': ADMIN, 'password': secrets.token_urlsafe(24), 'flask_key': secrets.token_urlsafe(32)}


def _make_admin(config: Config, password: str) -> None:
    from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore

    store = SqlAlchemyStore()
    store.init_db(store_uri(config))
    try:
        if not store.has_user(ADMIN):
            store.create_user(ADMIN, password, is_admin=True)
            _logger.info('made the user %s', ADMIN)
    finally:
        store.engine.dispose()
