"""EC2 Instance Connect endpoints: SSH into a subnet without an open port.

AWS: create, describe, delete. moto: lacks them.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.responses import EC2Response
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, add_tag_specification, random_id
from moto.utilities.utils import filter_resources

FILTERS = (
    ('instance-connect-endpoint-id', 'id'),
    ('state', 'state'),
    ('subnet-id', 'subnet_id'),
    ('vpc-id', 'vpc_id'),
)


class InstanceConnectEndpoint(TaggedEC2Resource):
    """One endpoint, usable as soon as it is made."""

    def __init__(self, ec2_backend: Any, subnet_id: str, security_groups: list[str], preserve_client_ip: bool):
        subnet = ec2_backend.get_subnet(subnet_id)
        self.id = random_id('eice')
        self.ec2_backend = ec2_backend
        self.subnet_id = subnet_id
        self.vpc_id = subnet.vpc_id
        self.zone = subnet.availability_zone
        self.security_groups = security_groups or [ec2_backend.get_default_security_group(self.vpc_id).id]
        self.preserve_client_ip = preserve_client_ip
        self.state = 'create-complete'
        self.created = utcnow()
        self.interface_id = random_id('eni')

    def describe(self) -> dict[str, Any]:
        """As the API shows it."""
        backend = self.ec2_backend
        return {
            'OwnerId': backend.account_id,
            'InstanceConnectEndpointId': self.id,
            'InstanceConnectEndpointArn': (
                f'arn:{backend.partition}:ec2:{backend.region_name}:{backend.account_id}'
                f':instance-connect-endpoint/{self.id}'
            ),
            'State': self.state,
            'DnsName': f'{self.id}.ec2-instance-connect-endpoint.{backend.region_name}.amazonaws.com',
            'NetworkInterfaceIds': [self.interface_id],
            'VpcId': self.vpc_id,
            'AvailabilityZone': self.zone,
            'CreatedAt': self.created,
            'SubnetId': self.subnet_id,
            'PreserveClientIp': self.preserve_client_ip,
            'SecurityGroupIds': self.security_groups,
            'Tags': self.get_tags(),
            'IpAddressType': 'ipv4',
        }


def _endpoints(response: EC2Response) -> dict[str, InstanceConnectEndpoint]:
    return response.ec2_backend.__dict__.setdefault('instance_connect_endpoints', {})


def _wanted(response: EC2Response, identifier: str) -> InstanceConnectEndpoint:
    try:
        return _endpoints(response)[identifier]
    except KeyError:
        raise EC2ClientError(
            'InvalidInstanceConnectEndpointId.NotFound',
            f"The instance connect endpoint ID '{identifier}' does not exist",
        ) from None


def create_instance_connect_endpoint(response: EC2Response) -> ActionResult:
    """CreateInstanceConnectEndpoint."""
    made = InstanceConnectEndpoint(
        response.ec2_backend,
        response._get_param('SubnetId'),
        response._get_param('SecurityGroupIds', []),
        bool(response._get_param('PreserveClientIp', False)),
    )
    made.add_tags(add_tag_specification(response._get_param('TagSpecifications', [])))
    _endpoints(response)[made.id] = made
    return ActionResult({'InstanceConnectEndpoint': made.describe()})


def describe_instance_connect_endpoints(response: EC2Response) -> ActionResult:
    """DescribeInstanceConnectEndpoints."""
    identifiers = response._get_param('InstanceConnectEndpointIds', [])
    found = [_wanted(response, identifier) for identifier in identifiers] or list(_endpoints(response).values())
    filters = response._filters_from_querystring()
    if filters:
        found = filter_resources(found, filters, FILTERS)
    return ActionResult({'InstanceConnectEndpoints': [endpoint.describe() for endpoint in found]})


def delete_instance_connect_endpoint(response: EC2Response) -> ActionResult:
    """DeleteInstanceConnectEndpoint."""
    gone = _wanted(response, response._get_param('InstanceConnectEndpointId'))
    gone.state = 'delete-complete'
    del _endpoints(response)[gone.id]
    return ActionResult({'InstanceConnectEndpoint': gone.describe()})


def apply() -> None:
    """Adds the actions."""
    EC2_PREFIX_TO_RESOURCE['eice'] = 'instance-connect-endpoint'
    for action in (
        create_instance_connect_endpoint, describe_instance_connect_endpoints, delete_instance_connect_endpoint,
    ):  # fmt: skip
        setattr(EC2Response, action.__name__, action)
