"""The keys by which MLflow encrypts what users give it: secrets of webhooks, and keys of the AI gateway's providers.

The first server makes them and keeps them in Secrets Manager; all servers use the same. They stand in no file but one of the server's
own user, in no argument, and in no environment that other processes see. Without them MLflow makes another key for webhooks at every start,
and encrypts the gateway's keys by a passphrase that is published in its source.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import secrets
from pathlib import Path
from typing import Any

from .database.connection import Connection
from .private_file import write_private
from .secrets_manager import read_or_make

_logger = logging.getLogger(__name__)

# Version 1 is what was wrapped by MLflow's published passphrase. `mlflow crypto rotate-kek` adds one, and whoever runs it writes
# passphrase and version into the secret.
FIRST_VERSION = 2
PUBLISHED_VERSION = 1


def fetch_keys(region: str, secret_arn: str, directory: Path) -> None:
    """Makes sure of the keys, for this server's processes to find; called by one server at a time. Raises what boto3 raises."""
    write_private(directory / 'keys.json', json.dumps(read_or_make(region, secret_arn, _new_keys)))


def load_keys(directory: Path) -> None:
    """Gives the keys to MLflow, in this process and before it is imported: the environment that others see is that of its start."""
    keys = _read(directory)
    os.environ['MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY'] = keys['webhook_key']
    os.environ['MLFLOW_CRYPTO_KEK_PASSPHRASE'] = keys['kek_passphrase']
    os.environ['MLFLOW_CRYPTO_KEK_VERSION'] = str(keys['kek_version'])


def wrap_anew(session: Connection, directory: Path) -> None:
    """Wraps anew what servers without these keys left under the published passphrase; called by one server at a time.

    As `mlflow crypto rotate-kek` does, whose command would show the passphrase to every process of the machine.
    """
    from mlflow.utils import crypto

    keys = _read(directory)
    with session.cursor() as cursor:
        question = 'SELECT secret_id, secret_name, encrypted_value, wrapped_dek FROM secrets WHERE kek_version = %s'
        cursor.execute(question, (PUBLISHED_VERSION,))
        rows = cursor.fetchall()
        if not rows:
            return
        published = crypto.KEKManager(crypto.DEFAULT_KEK_PASSPHRASE, PUBLISHED_VERSION)
        ours = crypto.KEKManager(keys['kek_passphrase'], keys['kek_version'])
        for secret_id, name, value, wrapped in rows:
            try:
                turned = crypto.rotate_secret_encryption(bytes(value), bytes(wrapped), published, ours)
            except Exception as error:
                # Somebody gave MLflow a passphrase by other means: it stays as it is.
                _logger.error('the key %s of the gateway stays as it is, wrapped by a passphrase that is not known: %s', name, error)
                continue
            # A row at a time: each is right before and after.
            change = 'UPDATE secrets SET wrapped_dek = %s, kek_version = %s WHERE secret_id = %s AND kek_version = %s'
            cursor.execute(change, (turned.wrapped_dek, keys['kek_version'], secret_id, PUBLISHED_VERSION))
            _logger.info('the key %s of the gateway is no longer under a published passphrase', name)


def read_lost_secrets_as_none() -> None:
    """Lets webhooks be read whose secret was encrypted by a key that ended with its process, as before there was a lasting one."""
    from cryptography.fernet import InvalidToken
    from mlflow.store.model_registry.dbmodels.models import EncryptedString

    decrypt = EncryptedString.process_result_value

    def decrypt_or_none(self: Any, value: Any, dialect: Any) -> Any:
        try:
            return decrypt(self, value, dialect)
        except InvalidToken:
            _logger.warning('the secret of a webhook was encrypted by a key that is gone: give the webhook a new secret')
            return None

    EncryptedString.process_result_value = decrypt_or_none


def _new_keys() -> dict[str, Any]:
    return {
        # A key of Fernet.
        'webhook_key': base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        'kek_passphrase': secrets.token_urlsafe(32),
        'kek_version': FIRST_VERSION,
    }


def _read(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((directory / 'keys.json').read_text())
    return found
