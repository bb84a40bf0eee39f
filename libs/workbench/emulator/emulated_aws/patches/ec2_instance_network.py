"""Security groups and public addresses of an instance.

AWS: the groups of an instance are those of its primary network interface, and change with it; an Elastic IP is a public
address with a public name. moto: shows no groups for an instance launched with a network interface, nor what is changed
later, and hands out Elastic IPs of 127.0.0.0/8 with a private name.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import elastic_ip_addresses
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instances import Instance
from moto.ec2.utils import random_public_ip


def _get_groups(instance: Instance) -> list[Any]:
    primary = instance.__dict__.get('nics', {}).get(0)
    return list(primary._group_set) if primary else instance.__dict__.get('launch_groups', [])


def _set_groups(instance: Instance, groups: list[Any]) -> None:
    primary = instance.__dict__.get('nics', {}).get(0)
    if primary:
        primary._group_set = list(groups)
    else:
        instance.__dict__['launch_groups'] = list(groups)


def _public_name(address: str, region: str) -> str:
    zone = 'compute-1' if region == 'us-east-1' else f'{region}.compute'
    return f'ec2-{address.replace(".", "-")}.{zone}.amazonaws.com'


def apply() -> None:
    """Makes the interface the one place that knows."""
    Instance.security_groups = property(_get_groups, _set_groups)
    NetworkInterface.group_set = property(lambda interface: list(interface._group_set))
    elastic_ip_addresses.random_ip = random_public_ip

    association = NetworkInterface.association.fget

    def named(interface: NetworkInterface) -> dict[str, Any]:
        found = association(interface)
        if found:
            found['publicDnsName'] = _public_name(interface.public_ip, interface.ec2_backend.region_name)
        return found

    NetworkInterface.association = property(named)
