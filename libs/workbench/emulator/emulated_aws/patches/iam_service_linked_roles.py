"""Service-linked roles: their names, and that there is one of each.

AWS: calls them by the service's own spelling, and refuses to make one twice (InvalidInput, "has been taken"). moto: spells most as the
host name, and answers as for any role that exists.
"""

from __future__ import annotations

from typing import Any

from moto.iam import models
from moto.iam.exceptions import EntityAlreadyExists, InvalidInput

# As in the user guide of each service, "Using service-linked roles".
NAMES = {'rds': 'RDS', 'elasticloadbalancing': 'ElasticLoadBalancing', 'ec2-instance-connect': 'EC2InstanceConnect'}


def apply() -> None:
    """Spells the names, and refuses the second."""
    models.SERVICE_NAME_CONVERSION.update(NAMES)
    create = models.IAMBackend.create_service_linked_role

    def create_service_linked_role(backend: models.IAMBackend, service_name: str, *args: Any, **more: Any) -> models.Role:
        try:
            return create(backend, service_name, *args, **more)
        except EntityAlreadyExists:
            raise InvalidInput(
                f'Service role name of {service_name} has been taken in this account, please try a different suffix.'
            ) from None

    models.IAMBackend.create_service_linked_role = create_service_linked_role
