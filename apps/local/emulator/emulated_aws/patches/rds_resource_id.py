"""Every DB instance has a resource id of its own.

AWS: `DbiResourceId` names one instance for ever. moto: the same constant for all, so that the Terraform provider, which
looks instances up by it, finds none of two.
"""

from __future__ import annotations

import secrets
import string
from typing import Any

from moto.rds.models import DBInstance

ALPHABET = string.ascii_uppercase + '234567'


def apply() -> None:
    """Gives each instance an id when it is made."""
    make = DBInstance.__init__

    def init(instance: DBInstance, *args: Any, **kwargs: Any) -> None:
        make(instance, *args, **kwargs)
        instance.dbi_resource_id = 'db-' + ''.join(secrets.choice(ALPHABET) for _ in range(26))

    DBInstance.__init__ = init
