"""What RDS decides about an instance when it is made.

AWS: `DbiResourceId` names one instance for ever; the certificate is of rds-ca-rsa2048-g1 unless another is asked for.
moto: the same resource id for all, so that the Terraform provider, which looks instances up by it, finds none of two; the
certificate authority rds-ca-default, which makes the provider modify the instance and wait another 80 s; and it forgets
whether Performance Insights is on.
"""

from __future__ import annotations

import secrets
import string
from typing import Any

from moto.rds.models import DBInstance

ALPHABET = string.ascii_uppercase + '234567'
CERTIFICATE_AUTHORITY = 'rds-ca-rsa2048-g1'
FREE_DAYS = 7
"""Days that Performance Insights keeps without a charge."""


def apply() -> None:
    """Decides the same as AWS."""
    make = DBInstance.__init__

    def init(instance: DBInstance, *args: Any, **kwargs: Any) -> None:
        kwargs['ca_certificate_identifier'] = kwargs.get('ca_certificate_identifier') or CERTIFICATE_AUTHORITY
        make(instance, *args, **kwargs)
        instance.dbi_resource_id = 'db-' + ''.join(secrets.choice(ALPHABET) for _ in range(26))
        instance.performance_insights_enabled = False
        _set_insights(instance, kwargs)

    DBInstance.__init__ = init

    change = DBInstance.update

    def update(instance: DBInstance, **kwargs: Any) -> None:
        change(instance, **kwargs)
        _set_insights(instance, kwargs)

    DBInstance.update = update


def _set_insights(instance: DBInstance, settings: dict[str, Any]) -> None:
    wanted = settings.get('enable_performance_insights')
    if wanted is not None:
        instance.performance_insights_enabled = bool(wanted)
        instance.performance_insights_retention_period = FREE_DAYS if wanted else None
    for name in ('performance_insights_retention_period', 'performance_insights_kms_key_id'):
        if instance.performance_insights_enabled and settings.get(name):
            setattr(instance, name, settings[name])
