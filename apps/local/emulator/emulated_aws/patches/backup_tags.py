"""Tags of AWS Backup resources.

AWS: `GET /tags/ARN`. moto: finds the ARN in the path only with a slash behind it, which boto3 sends and the Go SDK, and so
Terraform, does not.
"""

from __future__ import annotations

import json
from urllib.parse import unquote

from moto.backup.responses import BackupResponse


def apply() -> None:
    """Takes the ARN with and without the slash."""

    def list_tags(response: BackupResponse) -> str:
        arn = unquote(response.path).partition('/tags/')[2].rstrip('/')
        return json.dumps({'Tags': response.backup_backend.list_tags(resource_arn=arn)})

    BackupResponse.list_tags = list_tags
