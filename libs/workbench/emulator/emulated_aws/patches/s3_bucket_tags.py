"""Tags given when a bucket is created.

AWS: `CreateBucketConfiguration.Tags` tags the bucket, and they go with it. moto: ignores them, and keeps the tags
that a deleted bucket had for the next of its name.
"""

from __future__ import annotations

from typing import Any

import xmltodict
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response


def apply() -> None:
    """Tags on creation, forgets on deletion."""
    put = S3Response._bucket_response_put

    def bucket_response_put(response: S3Response, *args: Any) -> Any:
        answer = put(response, *args)
        if response.data.get('Action') == 'CreateBucket':
            tags = _tags(response.body)
            if tags:
                response.backend.put_bucket_tagging(response.bucket_name, tags)
        return answer

    S3Response._bucket_response_put = bucket_response_put

    delete = S3Backend.delete_bucket

    def delete_bucket(backend: S3Backend, bucket_name: str) -> Any:
        bucket = delete(backend, bucket_name)
        if bucket:
            backend.tagger.delete_all_tags_for_resource(bucket.arn)
        return bucket

    S3Backend.delete_bucket = delete_bucket


def _tags(body: bytes) -> dict[str, str]:
    if b'<Tag>' not in (body or b''):
        return {}
    given = xmltodict.parse(body, force_list=('Tag',))['CreateBucketConfiguration'].get('Tags') or {}
    return {tag['Key']: tag['Value'] or '' for tag in given.get('Tag', [])}
