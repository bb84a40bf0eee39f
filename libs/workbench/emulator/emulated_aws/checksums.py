"""The checksums of S3, a block at a time."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable
from typing import Any

from awscrt import checksums

_CRC: dict[str, tuple[Callable[[bytes, int], int], int]] = {
    'CRC32': (zlib.crc32, 4),
    'CRC32C': (checksums.crc32c, 4),
    'CRC64NVME': (checksums.crc64nvme, 8),
}
ALGORITHMS = {*_CRC, 'SHA1', 'SHA256'}
"""All that S3 has, by its names."""


class Checksum:
    """One checksum in the making; `algorithm` as S3 names it."""

    def __init__(self, algorithm: str):
        self._crc = _CRC.get(algorithm)
        self._value = 0
        self._hash: Any = None if self._crc else hashlib.new(algorithm.lower(), usedforsecurity=False)

    def update(self, block: bytes) -> None:
        """Adds bytes."""
        if self._crc:
            self._value = self._crc[0](block, self._value)
        else:
            self._hash.update(block)

    def digest(self) -> bytes:
        """The bytes of the checksum."""
        return self._value.to_bytes(self._crc[1], 'big') if self._crc else self._hash.digest()


def compute(body: bytes, algorithm: str, encode_base64: bool = True) -> bytes:
    """The checksum of a whole, with the signature of moto's function."""
    checksum = Checksum(algorithm)
    checksum.update(body)
    return base64.b64encode(checksum.digest()) if encode_base64 else checksum.digest()
