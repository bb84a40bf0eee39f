"""Which keys a bucket refuses.

AWS: new buckets refuse keys that clients bring (SSE-C) since spring 2026, say so when they are asked for their encryption, and keep what
they are told instead. moto: forgets the setting.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.s3.responses import S3Response

DEFAULT = ['SSE-C']


def apply() -> None:
    """Answers with the setting, or what new buckets have."""
    serialized = S3Response.serialized

    def blocked(response: S3Response) -> list[str]:
        written = response.backend.get_bucket_encryption(response.bucket_name)['Rule'].get('BlockedEncryptionTypes')
        types = (written or {}).get('EncryptionType') or DEFAULT
        return [types] if isinstance(types, str) else types

    def with_blocked(response: S3Response, result: ActionResult) -> Any:
        # An error is a result too.
        if response.data.get('Action') == 'GetBucketEncryption' and isinstance(result.result, dict):
            for rule in result.result['ServerSideEncryptionConfiguration']['Rules']:
                rule['BlockedEncryptionTypes'] = {'EncryptionType': blocked(response)}
        return serialized(response, result)

    S3Response.serialized = with_blocked
