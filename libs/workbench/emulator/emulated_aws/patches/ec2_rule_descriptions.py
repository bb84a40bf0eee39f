"""Descriptions of security group rules that name a group or a prefix list.

AWS: every rule keeps its description. moto: only those that name an address range, so every plan wants to write the others again.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule


def apply() -> None:
    """Keeps them where moto keeps those of address ranges."""
    create = SecurityGroupRule.__init__

    def init(
        rule: SecurityGroupRule,
        ec2_backend: Any,
        ip_protocol: str,
        group_id: str,
        from_port: str | None,
        to_port: str | None,
        ip_range: dict[str, str] | None,
        source_group: dict[str, str] | None = None,
        prefix_list_id: dict[str, str] | None = None,
        **settings: Any,
    ) -> None:
        source = source_group or prefix_list_id or {}
        create(
            rule, ec2_backend, ip_protocol, group_id, from_port, to_port, ip_range, source_group, prefix_list_id, **settings
        )
        if source.get('Description'):
            rule.ip_range = {**rule.ip_range, 'Description': source['Description']}

    SecurityGroupRule.__init__ = init
