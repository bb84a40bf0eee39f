"""AWS Secrets Manager, as the server asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config as BotoConfig
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

TRANSIENT = (BotoCoreError, ClientError)


def secrets_manager(region: str, attempts: int) -> SecretsManagerClient:
    """A client that gives up soon: what waits for a secret says so and asks again."""
    # A session of its own: sessions are not shared between threads.
    return boto3.session.Session().client(
        'secretsmanager',
        region_name=region,
        config=BotoConfig(connect_timeout=5, read_timeout=5, retries={'total_max_attempts': attempts}),
    )


def is_missing(error: ClientError) -> bool:
    """Whether the secret has no such version."""
    return error.response['Error']['Code'] == 'ResourceNotFoundException'
