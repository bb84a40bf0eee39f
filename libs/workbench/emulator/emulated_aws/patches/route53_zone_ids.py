"""A hosted zone by the id that a configuration names.

AWS: the zone is there before the stack is, and its id is copied into the configuration. moto: a zone that is made gets an
id of its own, which no configuration knows.
Here: a zone whose caller reference looks like an id gets that id.
"""

from __future__ import annotations

import re
from typing import Any

from moto.route53.models import FakeZone, Route53Backend


def apply() -> None:
    """Takes the id from the caller reference."""
    create = Route53Backend.create_hosted_zone

    def create_by_id(backend: Route53Backend, *args: Any, **kwargs: Any) -> FakeZone:
        zone = create(backend, *args, **kwargs)
        if re.fullmatch('Z[A-Z0-9]{9,31}', zone.caller_reference or '') and zone.caller_reference not in backend.zones:
            del backend.zones[zone.resource_id]
            zone.resource_id = zone.caller_reference
            backend.zones[zone.resource_id] = zone
        return zone

    Route53Backend.create_hosted_zone = create_by_id
