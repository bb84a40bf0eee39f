"""The policies that AWS manages, such as AmazonSSMManagedInstanceCore.

AWS: every account can attach them. moto: has none unless told to load all 1,400, which takes a second and makes each
snapshot of the state many times larger. Here: one is loaded when it is first asked for.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend

ACTIONS = (
    'attach_role_policy',
    'attach_group_policy',
    'attach_user_policy',
    'get_policy',
    'get_policy_version',
    'list_policy_versions',
)


@lru_cache
def _policies() -> dict[str, Any]:
    return json.loads(aws_managed_policies_data)


def _load(backend: IAMBackend, arn: str) -> None:
    name = str(arn).rsplit('/', 1)[-1]
    if arn in backend.managed_policies or not re.match(r'arn:[\w-]+:iam::aws:policy/', str(arn)):
        return
    if name in _policies():
        policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, _policies()[name])
        if policy.arn == arn:
            backend.managed_policies[arn] = policy
            backend.aws_managed_policies.append(policy)


def _loading(name: str) -> Any:
    action = getattr(IAMBackend, name)

    def loading_action(backend: IAMBackend, *args: Any, **kwargs: Any) -> Any:
        for value in (*args, *kwargs.values()):
            if isinstance(value, str) and ':iam::aws:policy/' in value:
                _load(backend, value)
        return action(backend, *args, **kwargs)

    return loading_action


def apply() -> None:
    """Loads a policy before the actions that name one."""
    for name in ACTIONS:
        setattr(IAMBackend, name, _loading(name))
