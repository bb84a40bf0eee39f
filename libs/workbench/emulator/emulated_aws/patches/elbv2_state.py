"""A load balancer is active as soon as it is made.

AWS: after some minutes. moto: after it has been looked at, which costs Terraform another round of its waiting.
"""

from __future__ import annotations

from typing import Any

from moto.elbv2.models import FakeLoadBalancer


def apply() -> None:
    """Makes it active."""
    make = FakeLoadBalancer.__init__

    def init(balancer: FakeLoadBalancer, *args: Any, **kwargs: Any) -> None:
        make(balancer, *args, **kwargs)
        balancer.activate()

    FakeLoadBalancer.__init__ = init
