"""User data of a later version of a launch template.

AWS: instances of any version are launched with its user data. moto: takes the first version's apart, keeps that of later
ones as it came, and then refuses to launch from them.
Here: both are taken apart.
"""

from __future__ import annotations

from moto.core.types import Base64EncodedString
from moto.ec2.models.launch_templates import LaunchTemplateVersion


def apply() -> None:
    """Takes apart what came as text."""

    def user_data(version: LaunchTemplateVersion) -> Base64EncodedString | None:
        given = version.data.get('UserData')
        return Base64EncodedString(given) if isinstance(given, str) else given

    LaunchTemplateVersion.user_data = property(user_data)
