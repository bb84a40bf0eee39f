"""Tags of AWS Backup resources, and the recovery points of a vault.

AWS: `GET /tags/ARN`; `GET /backup-vaults/NAME/recovery-points`, which Terraform asks for before it deletes a vault.
moto: finds the ARN in the path only with a slash behind it, which boto3 sends and the Go SDK, and so Terraform, does
not; and cannot list recovery points, though it makes none.
"""

from __future__ import annotations

import json
from urllib.parse import unquote

from moto.backup import urls
from moto.backup.responses import BackupResponse


def apply() -> None:
    """Takes the ARN with and without the slash."""

    def list_tags(response: BackupResponse) -> str:
        arn = unquote(response.path).partition('/tags/')[2].rstrip('/')
        return json.dumps({'Tags': response.backup_backend.list_tags(resource_arn=arn)})

    BackupResponse.list_tags = list_tags

    def list_recovery_points_by_backup_vault(response: BackupResponse) -> str:
        response.backup_backend.describe_backup_vault(response.path.rstrip('/').split('/')[-2])
        return json.dumps({'RecoveryPoints': []})

    BackupResponse.list_recovery_points_by_backup_vault = list_recovery_points_by_backup_vault
    urls.url_paths['{0}/backup-vaults/(?P<name>[^/]+)/recovery-points/?$'] = BackupResponse.dispatch
