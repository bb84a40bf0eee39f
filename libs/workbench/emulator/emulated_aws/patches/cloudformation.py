"""CloudFormation is our own (see `emulated_aws/cloudformation.py`): moto's lacks secrets, and costs more than all other services."""

from __future__ import annotations

from .. import services
from ..cloudformation import CloudFormationResponse


def apply() -> None:
    """Takes the place of moto's."""
    services.own['cloudformation'] = {'{0}/$': CloudFormationResponse.dispatch}
