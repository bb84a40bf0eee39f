"""CRC32C and CRC64NVME of S3 objects.

AWS: answers with the checksum asked for, and SDKs verify it. moto: without two optional libraries answers with CRC32
under the name of the other, so that a verifying SDK refuses the object.
"""

from __future__ import annotations

from moto.s3 import models, responses, utils

from ..checksums import compute


def apply() -> None:
    """Replaces moto's function wherever it has been imported."""
    for module in (models, responses, utils):
        if hasattr(module, 'compute_checksum'):
            module.compute_checksum = compute
