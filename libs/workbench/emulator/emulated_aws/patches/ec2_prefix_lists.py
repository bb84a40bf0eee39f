"""The prefix list of EC2 Instance Connect.

AWS: every region has `com.amazonaws.REGION.ec2-instance-connect`, the addresses that the browser client connects
from, to be allowed on port 22. moto: has those of S3, DynamoDB and CloudFront only.
"""

from __future__ import annotations

from moto.ec2.models import EC2Backend

# Of us-east-1, as AWS publishes them in ip-ranges.json; here nobody connects from them anyhow.
LISTS = {
    'ec2-instance-connect': ('IPv4', '18.206.107.24/29'),
    'ipv6.ec2-instance-connect': ('IPv6', '2600:1f18:6fe3:8c02::/59'),
}


def apply() -> None:
    """Adds them to the lists that a region starts with."""
    create = EC2Backend.create_default_pls

    def create_default_pls(backend: EC2Backend) -> None:
        create(backend)
        for service, (family, cidr) in LISTS.items():
            name = f'com.amazonaws.{backend.region_name}.{service}'
            backend._create_aws_managed_prefix_list(name, family, [{'Cidr': cidr, 'Description': 'default'}])

    EC2Backend.create_default_pls = create_default_pls
