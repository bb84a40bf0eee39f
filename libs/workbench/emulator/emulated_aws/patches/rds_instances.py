"""What RDS decides about an instance when it is made.

AWS: `DbiResourceId` names one instance for ever; the certificate is of rds-ca-rsa2048-g1 unless another is asked for.
moto: the same resource id for all, so that the Terraform provider, which looks instances up by it, finds none of two;
the certificate authority rds-ca-default, which makes the provider modify the instance and wait another 80 s; and it
forgets whether Performance Insights is on; and a read replica that shares identity and settings with its source, even
where AWS refuses one (PostgreSQL with a password that RDS manages: RDS user guide, "Password management with AWS
Secrets Manager").
"""

from __future__ import annotations

import secrets
import string
from typing import Any

from moto.rds.exceptions import InvalidParameterCombination
from moto.rds.models import DBInstance, RDSBackend

ALPHABET = string.ascii_uppercase + '234567'
CERTIFICATE_AUTHORITY = 'rds-ca-rsa2048-g1'
OF_A_REPLICA = {
    'backup_retention_period': 0,
    'deletion_protection': False,
    'enable_iam_database_authentication': False,
    'monitoring_interval': 0,
    'monitoring_role_arn': None,
    'multi_az': False,
}
"""Settings that a replica does not take from its source."""
FREE_DAYS = 7
"""Days that Performance Insights keeps without a charge."""


def apply() -> None:
    """Decides the same as AWS."""
    make = DBInstance.__init__

    def init(instance: DBInstance, *args: Any, **kwargs: Any) -> None:
        kwargs['ca_certificate_identifier'] = kwargs.get('ca_certificate_identifier') or CERTIFICATE_AUTHORITY
        make(instance, *args, **kwargs)
        instance.dbi_resource_id = _new_id()
        instance.performance_insights_enabled = False
        _set_insights(instance, kwargs)

    DBInstance.__init__ = init

    change = DBInstance.update

    def update(instance: DBInstance, **kwargs: Any) -> None:
        change(instance, **kwargs)
        _set_insights(instance, kwargs)

    DBInstance.update = update

    replicate = RDSBackend.create_db_instance_read_replica

    def create_db_instance_read_replica(backend: RDSBackend, db_kwargs: dict[str, Any]) -> DBInstance:
        source = backend.find_db_from_id(db_kwargs['source_db_instance_identifier'])
        if source.engine == 'postgres' and source.manage_master_user_password:
            raise InvalidParameterCombination(
                'a PostgreSQL DB instance whose master user password is managed by RDS cannot have a read replica'
            )
        replica = replicate(backend, db_kwargs)
        replica.dbi_resource_id = _new_id()
        for name, default in OF_A_REPLICA.items():
            setattr(replica, name, db_kwargs.get(name, default))
        replica.max_allocated_storage = db_kwargs.get('max_allocated_storage') or replica.allocated_storage
        replica.tags = db_kwargs.get('tags') or []
        replica.enabled_cloudwatch_logs_exports = list(db_kwargs.get('enable_cloudwatch_logs_exports') or [])
        replica.performance_insights_enabled = False
        _set_insights(replica, db_kwargs)
        return replica

    RDSBackend.create_db_instance_read_replica = create_db_instance_read_replica


def _new_id() -> str:
    return 'db-' + ''.join(secrets.choice(ALPHABET) for _ in range(26))


def _set_insights(instance: DBInstance, settings: dict[str, Any]) -> None:
    wanted = settings.get('enable_performance_insights')
    if wanted is not None:
        instance.performance_insights_enabled = bool(wanted)
        instance.performance_insights_retention_period = FREE_DAYS if wanted else None
    for name in ('performance_insights_retention_period', 'performance_insights_kms_key_id'):
        if instance.performance_insights_enabled and settings.get(name):
            setattr(instance, name, settings[name])
