"""Settings of a bucket that moto does not know.

AWS: `PUT /?intelligent-tiering` and the like write a setting. moto: takes every setting that it does not know for the
creation of the bucket, and says yes or complains of the region. Here: they are refused as what they are, missing.
"""

from __future__ import annotations

from typing import Any

from moto.s3.responses import S3Response

# Those that moto 5.2.5 tells apart in S3Response._bucket_response_put, and what SDKs add to any request.
KNOWN = {
    'accelerate', 'acl', 'cors', 'encryption', 'inventory', 'lifecycle', 'logging', 'notification', 'object-lock',
    'ownershipControls', 'policy', 'publicAccessBlock', 'replication', 'tagging', 'versioning', 'website', 'x-id',
}  # fmt: skip


def apply() -> None:
    """Refuses them."""
    put = S3Response._bucket_response_put

    def bucket_response_put(response: S3Response, request: Any, bucket_name: str, querystring: Any) -> Any:
        unknown = [name for name in querystring or () if name not in KNOWN and not name.lower().startswith('x-amz-')]
        if unknown:
            raise NotImplementedError(f'the bucket setting {", ".join(unknown)}')
        return put(response, request, bucket_name, querystring)

    S3Response._bucket_response_put = bucket_response_put
