"""Tags of a launch template.

AWS: the tags given for the template itself are not part of what it launches. moto: puts them there too, and Terraform
plans to remove them again.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend


def apply() -> None:
    """Leaves them out of the template's data."""
    create = EC2Backend.create_launch_template

    def create_launch_template(
        backend: EC2Backend, name: str, description: str, template_data: dict[str, Any], tag_spec: dict[str, Any]
    ) -> Any:
        specifications = [
            specification
            for specification in template_data.pop('TagSpecifications', None) or []
            if specification['ResourceType'] != 'launch-template'
        ]
        if specifications:
            template_data['TagSpecifications'] = specifications
        return create(backend, name, description, template_data, tag_spec)

    EC2Backend.create_launch_template = create_launch_template
