"""The master user secret that RDS manages.

AWS: {"username", "password"} with the instance's user and a random password of 28 printable characters (none of / ' " @
and space); it rotates every 7 days, and `RotateSecret` or `RotateMasterUserPassword` makes a new password.
moto: always admin / P@55w0rd!, never rotation rules, and a rotation yields a version without a value.
"""

from __future__ import annotations

import json
import secrets
import string
import time
from typing import Any

from moto.rds.models import MasterUserSecret
from moto.secretsmanager.models import SecretsManagerBackend

LENGTH = 28
ALPHABET = ''.join(
    character for character in string.ascii_letters + string.digits + string.punctuation if character not in '/\'"@'
)


def new_password() -> str:
    """A password as RDS makes them: at least one lower, one upper, one digit and one other character."""
    while True:
        password = ''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        kinds = (str.islower, str.isupper, str.isdigit, lambda character: character in string.punctuation)
        if all(any(kind(character) for character in password) for kind in kinds):
            return password


def apply() -> None:
    """Replaces how the secret is made and how it is rotated."""
    create = MasterUserSecret._create_secret

    def create_secret(owner: MasterUserSecret, kms_key_id: Any) -> Any:
        secret = create(owner, kms_key_id)
        secret.rotation_requested = secret.rotation_enabled = True
        secret.auto_rotate_after_days = 7
        secret.next_rotation_date = int(time.time()) + 7 * 86400
        return secret

    def generate(owner: MasterUserSecret) -> str:
        return json.dumps({'username': owner.resource.master_username, 'password': new_password()})

    MasterUserSecret._create_secret = create_secret
    MasterUserSecret._generate_secret_string = generate

    rotate = SecretsManagerBackend.rotate_secret

    def rotate_secret(backend: SecretsManagerBackend, secret_id: str, *args: Any, **kwargs: Any) -> str:
        secret = backend.secrets.get(secret_id)
        before = secret and secret.default_version_id
        answer = rotate(backend, secret_id, *args, **kwargs)
        if secret and secret.owning_service == 'rds' and secret.default_version_id != before:
            credentials = json.loads(secret.versions[before]['secret_string'])
            credentials['password'] = new_password()
            secret.versions[secret.default_version_id]['secret_string'] = json.dumps(credentials)
            secret.last_changed_date = int(time.time())
        return answer

    SecretsManagerBackend.rotate_secret = rotate_secret
