"""AWS Secrets Manager, as the server asks it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config as BotoConfig
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_logger = logging.getLogger(__name__)

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


def read_or_make(region: str, arn: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What is in a secret that Terraform made empty; made and kept there by whoever finds it so, one server at a time.

    Raises what boto3 raises.
    """
    client = secrets_manager(region, attempts=4)
    try:
        found: dict[str, Any] = json.loads(client.get_secret_value(SecretId=arn)['SecretString'])
        return found
    except ClientError as error:
        if not is_missing(error):
            raise
    _logger.info('making what is kept in %s', arn)
    made = make()
    client.put_secret_value(SecretId=arn, SecretString=json.dumps(made))
    return made
