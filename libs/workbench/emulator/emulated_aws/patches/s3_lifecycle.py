"""A lifecycle configuration reads back as it was written.

AWS: it does, with `x-amz-transition-default-minimum-object-size`. moto: forgets object sizes in filters, the number
of newer versions to keep, and that header, so that Terraform waits for minutes and then plans to write it again.
"""

from __future__ import annotations

from typing import Any

from moto.s3.responses import S3Response

HEADER = 'x-amz-transition-default-minimum-object-size'
DEFAULT = 'all_storage_classes_128K'


def apply() -> None:
    """Keeps what moto has accepted, as it came."""
    put, get = S3Response._bucket_response_put, S3Response.get_bucket_lifecycle

    def bucket_response_put(response: S3Response, request: Any, bucket_name: str, querystring: Any) -> Any:
        answer = put(response, request, bucket_name, querystring)
        if 'lifecycle' in querystring:
            size = request.headers.get(HEADER) or DEFAULT
            response.backend.get_bucket(bucket_name).lifecycle_as_written = (response.body, size)
            return 200, {HEADER: size}, ''
        return answer

    def get_bucket_lifecycle(response: S3Response) -> Any:
        answer = get(response)
        bucket = response.backend.get_bucket(response.bucket_name)
        if bucket.rules and hasattr(bucket, 'lifecycle_as_written'):
            body, size = bucket.lifecycle_as_written
            return 200, {HEADER: size, 'content-type': 'application/xml'}, body
        return answer

    S3Response._bucket_response_put = bucket_response_put
    S3Response.get_bucket_lifecycle = get_bucket_lifecycle
