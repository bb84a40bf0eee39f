"""What goes when its owner goes.

AWS: the network interface made for an instance or a NAT gateway is deleted with it, the default network ACL with its
VPC, and a deleted VPC endpoint is no longer listed. moto: keeps all of these, so that a destroyed stack leaves
something behind.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.instances import Instance


def apply() -> None:
    """Deletes them."""
    prepare = Instance.prep_nics

    def prep_nics(instance: Instance, nic_spec: list[dict[str, Any]], *args: Any, **kwargs: Any) -> None:
        prepare(instance, nic_spec, *args, **kwargs)
        asked = {int(nic['DeviceIndex']): nic for nic in nic_spec}
        for index, interface in instance.nics.items():
            own = 'NetworkInterfaceId' not in asked.get(index, {})
            interface.delete_on_termination = asked.get(index, {}).get('DeleteOnTermination', own) is True

    Instance.prep_nics = prep_nics

    delete_nat = EC2Backend.delete_nat_gateway

    def delete_nat_gateway(backend: EC2Backend, nat_gateway_id: str) -> Any:
        gateway = delete_nat(backend, nat_gateway_id)
        for address in backend.addresses:
            if address.eni is gateway._eni:
                backend.disassociate_address(association_id=address.association_id)
        backend.enis.pop(gateway._eni.id, None)
        return gateway

    EC2Backend.delete_nat_gateway = delete_nat_gateway

    delete_vpc = EC2Backend.delete_vpc

    def delete_vpc_and_acl(backend: EC2Backend, vpc_id: str) -> Any:
        vpc = delete_vpc(backend, vpc_id)
        for acl in [acl for acl in backend.network_acls.values() if acl.vpc_id == vpc_id]:
            del backend.network_acls[acl.id]
        return vpc

    EC2Backend.delete_vpc = delete_vpc_and_acl

    delete_endpoints = EC2Backend.delete_vpc_endpoints

    def delete_vpc_endpoints(backend: EC2Backend, vpce_ids: list[str] | None = None) -> None:
        for identifier in vpce_ids or []:
            endpoint = backend.vpc_end_points.get(identifier)
            if endpoint and not endpoint.vpc_endpoint_type:
                endpoint.vpc_endpoint_type = 'Gateway'  # AWS's default, without which moto's deletion fails
        delete_endpoints(backend, vpce_ids)
        for identifier in vpce_ids or []:
            backend.vpc_end_points.pop(identifier, None)

    EC2Backend.delete_vpc_endpoints = delete_vpc_endpoints
