"""Takes the bytes of S3 objects out of moto's memory, and tells which objects a request has touched.

moto keeps the value of every key in a SpooledTemporaryFile (in memory up to 16 MB each), keeps the parts of a finished
multipart upload beside the whole, joins and checks them in memory, and lists every model instance it ever made.
Here a key holds a `Content`, its bytes lie in a file from the start, and nothing is kept twice.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from typing import Any

import moto.s3.models as s3
from moto.core.common_models import BaseModel

from .checksums import Checksum
from .contents import Content, ContentStore, md5

_streaming = threading.local()


class Touched:
    """The objects and multipart uploads that the request at hand read or wrote, by (bucket, name)."""

    def __init__(self) -> None:
        self.objects: set[tuple[str, str]] = set()
        self.uploads: set[tuple[str, str]] = set()
        self.deleted_buckets: set[str] = set()
        self.written = False

    def __bool__(self) -> bool:
        return bool(self.objects or self.uploads or self.deleted_buckets)

    def clear(self) -> None:
        """Forgets them."""
        self.__init__()  # type: ignore[misc]  # of this very class


touched = Touched()


class stream_values:  # noqa: N801 (used as a function)
    """Within this, the value of a key is a `ContentView` to be sent, not bytes."""

    def __enter__(self) -> None:
        _streaming.on = True

    def __exit__(self, *_: object) -> None:
        _streaming.on = False


class KeyStore(s3._VersionedKeyStore):
    """moto's name -> versions of a bucket, which notes every name that is looked at."""

    bucket = ''

    def __getitem__(self, name: str) -> Any:
        touched.objects.add((self.bucket, name))
        return super().__getitem__(name)

    def __setitem__(self, name: str, value: Any) -> None:
        touched.objects.add((self.bucket, name))
        touched.written = True
        super().__setitem__(name, value)

    def getlist(self, name: str, default: Any = None) -> Any:
        """The versions of a key."""
        touched.objects.add((self.bucket, name))
        return super().getlist(name, default)

    def setlist(self, name: Any, versions: Any) -> Any:
        """Replaces the versions of a key."""
        touched.objects.add((self.bucket, name))
        touched.written = True
        return super().setlist(name, versions)

    def pop(self, name: str) -> None:
        """Removes a key. A delete marker among its versions has no bytes to give up."""
        touched.objects.add((self.bucket, name))
        touched.written = True
        for version in super().getlist(name, []):
            if hasattr(version, 'dispose'):
                version.dispose()
        dict.pop(self, name)


class Uploads(s3.MultipartDict):
    """moto's id -> unfinished upload of a bucket, which notes every id that is looked at."""

    bucket = ''

    def __getitem__(self, identifier: str) -> Any:
        touched.uploads.add((self.bucket, identifier))
        return super().__getitem__(identifier)

    def __setitem__(self, identifier: str, value: Any) -> None:
        touched.uploads.add((self.bucket, identifier))
        super().__setitem__(identifier, value)

    def __delitem__(self, identifier: str) -> None:
        touched.uploads.add((self.bucket, identifier))
        # Not moto's: it disposes of the parts, which for a completed upload the whole object now owns.
        dict.__delitem__(self, identifier)


def empty_bucket(bucket: Any) -> None:
    """Gives a new or restored bucket its (empty) stores."""
    bucket.keys = KeyStore()
    bucket.keys.bucket = bucket.name
    bucket.multiparts = Uploads()
    bucket.multiparts.bucket = bucket.name


def contents_of(versions: Any) -> Iterator[Content]:
    """The contents that the versions of a key, or the parts of an upload, hold."""
    for version in versions:
        if isinstance(version, s3.FakeKey):
            yield version._value_buffer
            if version.multipart:
                yield from contents_of(version.multipart.parts.values())


def install(store: ContentStore) -> None:
    """Makes moto's S3 keep its bytes in `store`."""
    BaseModel.__new__ = staticmethod(lambda cls, *_, **__: object.__new__(cls))  # moto's lists every instance for ever

    def get_value(key: s3.FakeKey) -> Any:
        if getattr(_streaming, 'on', False):
            return store.open(key._value_buffer)
        return store.read(key._value_buffer)

    def set_value(key: s3.FakeKey, value: Any) -> None:
        if not isinstance(value, Content):
            value = value.encode() if isinstance(value, str) else value
            key._etag = key._etag or md5(value)
            value = store.write(value)
        key._value_buffer = value
        key.contentsize = value.length

    def dispose(key: s3.FakeKey, garbage: bool = False) -> None:
        if not key.disposed and isinstance(key._value_buffer, Content):
            key.disposed = True
            store.discard(key._value_buffer)

    def get_state(key: s3.FakeKey) -> dict[str, Any]:
        return {name: value for name, value in key.__dict__.items() if name != 'lock'}

    def set_state(key: s3.FakeKey, state: dict[str, Any]) -> None:
        key.__dict__.update(state)
        key.lock = threading.Lock()

    s3.FakeKey.value = property(get_value, set_value)
    s3.FakeKey.dispose = dispose
    s3.FakeKey.__getstate__ = get_state
    s3.FakeKey.__setstate__ = set_state
    del s3.FakeKey.__del__

    def complete(upload: s3.FakeMultipart, body: Iterator[tuple[int, str]]) -> Any:
        parts = _checked_parts(upload, body)
        algorithm = upload.metadata.get('x-amz-checksum-algorithm') or 'CRC64NVME'
        default_kind = 'FULL_OBJECT' if algorithm == 'CRC64NVME' else 'COMPOSITE'
        kind = upload.metadata.get('x-amz-checksum-type') or default_kind
        checksum, digests = Checksum(algorithm), b''
        for part in parts:
            digests += bytes.fromhex(part.etag.strip('"'))
            of_part = checksum if kind == 'FULL_OBJECT' else Checksum(algorithm)
            for block in store.blocks(part._value_buffer):
                of_part.update(block)
            if of_part is not checksum:
                checksum.update(of_part.digest())
        whole = store.join(part._value_buffer for part in parts)
        offset = 0
        for part in upload.parts.values():
            store.discard(part._value_buffer)
        for part in parts:  # from now on a part is a stretch of the whole
            part._value_buffer = Content(whole.name, offset, part.contentsize)
            offset += part.contentsize
        upload.parts = {number: part for number, part in upload.parts.items() if part in parts}
        upload.partlist = sorted(upload.parts)
        value = base64.b64encode(checksum.digest()).decode()
        return whole, f'{md5(digests)}-{len(parts)}', (kind, value, 1 if kind == 'FULL_OBJECT' else len(parts))

    s3.FakeMultipart.complete = complete

    make_bucket = s3.FakeBucket.__init__

    def init_bucket(bucket: s3.FakeBucket, *args: Any, **kwargs: Any) -> None:
        make_bucket(bucket, *args, **kwargs)
        empty_bucket(bucket)

    s3.FakeBucket.__init__ = init_bucket

    delete_bucket = s3.S3Backend.delete_bucket

    def delete(backend: s3.S3Backend, bucket_name: str) -> s3.FakeBucket | None:
        bucket = delete_bucket(backend, bucket_name)
        if bucket:
            touched.deleted_buckets.add(bucket_name)
            for upload in bucket.multiparts.values():
                upload.dispose()
        return bucket

    s3.S3Backend.delete_bucket = delete

    abort_upload = s3.S3Backend.abort_multipart_upload

    def abort(backend: s3.S3Backend, bucket_name: str, multipart_id: str) -> None:
        upload = backend.get_bucket(bucket_name).multiparts.get(multipart_id)
        abort_upload(backend, bucket_name, multipart_id)
        if upload:
            upload.dispose()

    s3.S3Backend.abort_multipart_upload = abort


def _checked_parts(upload: s3.FakeMultipart, body: Iterator[tuple[int, str]]) -> list[s3.FakeKey]:
    """The parts that the request names, in its order, refused as S3 refuses them."""
    parts: list[s3.FakeKey] = []
    for number, etag in body:
        part = upload.parts.get(number)
        if part is None or part.etag.strip('"') != etag.strip('"'):
            raise s3.InvalidPart()
        if parts and parts[-1].contentsize < s3.S3_UPLOAD_PART_MIN_SIZE:
            raise s3.EntityTooSmall()
        parts.append(part)
    if not parts:
        raise s3.MalformedXML
    return parts
