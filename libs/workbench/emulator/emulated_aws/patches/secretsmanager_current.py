"""The current version of a secret is the one that carries AWSCURRENT.

AWS: `GetSecretValue` without a version answers with it, also after `UpdateSecretVersionStage` has moved the label. moto: with the one that
was current before.
"""

from __future__ import annotations

from typing import Any

from moto.secretsmanager.models import SecretsManagerBackend


def apply() -> None:
    """Makes the version that gets the label the one that is answered with."""
    update = SecretsManagerBackend.update_secret_version_stage

    def update_secret_version_stage(
        backend: SecretsManagerBackend, secret_id: str, version_stage: str, remove_from_version_id: str, move_to_version_id: str
    ) -> Any:
        answer = update(backend, secret_id, version_stage, remove_from_version_id, move_to_version_id)
        if version_stage == 'AWSCURRENT' and move_to_version_id:
            backend.secrets[secret_id].set_default_version_id(move_to_version_id)
        return answer

    SecretsManagerBackend.update_secret_version_stage = update_secret_version_stage
