"""Auto Scaling groups that launch from a template.

AWS: keeps every setting of a group and of its policies, spreads the instances over the subnets, launches them with
the instance profile of the template, and replaces them in an instance refresh.
moto: forgets several settings, puts all instances into the first subnet, without a profile, and has no instance
refresh. Here a refresh is over as soon as it is asked for.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from moto.autoscaling.exceptions import AutoscalingClientError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, FakeScalingPolicy
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

NUMBERS = {
    'DefaultInstanceWarmup': 'default_instance_warmup',
    'MaxInstanceLifetime': 'max_instance_lifetime',
    'DefaultCooldown': 'default_cooldown',
}


def _keep_settings(response: AutoScalingResponse) -> None:
    group = response.autoscaling_backend.autoscaling_groups[response._get_param('AutoScalingGroupName')]
    for parameter, attribute in NUMBERS.items():
        value = response._get_int_param(parameter)
        if value is not None:
            setattr(group, attribute, None if value < 0 else value)
    if response._get_param('TerminationPolicies'):
        group.termination_policies = response._get_param('TerminationPolicies')
    if response._get_param('CapacityRebalance') is not None:
        group.capacity_rebalance = response._get_bool_param('CapacityRebalance')


def _then_keep_settings(name: str) -> Any:
    action = getattr(AutoScalingResponse, name)

    def keeping(response: AutoScalingResponse) -> ActionResult:
        result = action(response)
        _keep_settings(response)
        return result

    return keeping


def _template_data(group: FakeAutoScalingGroup) -> dict[str, Any]:
    if not group.ec2_launch_template:
        return {}
    return group.ec2_launch_template.get_version(group.launch_template_version).data


launch_in_one_subnet = FakeAutoScalingGroup.replace_autoscaling_group_instances


def launch(group: FakeAutoScalingGroup, count_needed: int, propagated_tags: dict[str, str]) -> None:
    """Launches into the subnets that have the fewest, each instance with the profile of the template."""
    zones = group.vpc_zone_identifier
    before = len(group.instance_states)
    used = Counter(state.instance.subnet_id for state in group.instance_states)
    try:
        for _ in range(count_needed):
            if zones:
                group.vpc_zone_identifier = min(zones.split(','), key=lambda subnet: used[subnet])
                used[group.vpc_zone_identifier] += 1
            launch_in_one_subnet(group, 1, dict(propagated_tags))
    finally:
        group.vpc_zone_identifier = zones
    profile = _template_data(group).get('IamInstanceProfile') or {}
    for state in group.instance_states[before:]:
        if profile:
            group.ec2_backend.associate_iam_instance_profile(
                state.instance.id,
                iam_instance_profile_name=profile.get('Name'),
                iam_instance_profile_arn=profile.get('Arn'),
            )


def _group(response: AutoScalingResponse) -> FakeAutoScalingGroup:
    name = response._get_param('AutoScalingGroupName')
    try:
        return response.autoscaling_backend.autoscaling_groups[name]
    except KeyError:
        raise AutoscalingClientError('ValidationError', f'AutoScalingGroup name not found - {name}') from None


def start_instance_refresh(response: AutoScalingResponse) -> ActionResult:
    """StartInstanceRefresh: every instance is replaced by one of the template as it now is."""
    group = _group(response)
    desired = response._get_param('DesiredConfiguration') or {}
    if desired.get('LaunchTemplate'):
        group._set_launch_configuration('', desired['LaunchTemplate'], None)
    capacity, started = group.desired_capacity, utcnow()
    group.set_desired_capacity(0)
    group.set_desired_capacity(capacity)
    refresh = {
        'InstanceRefreshId': str(mock_random.uuid4()),
        'AutoScalingGroupName': group.name,
        'Status': 'Successful',
        'StartTime': started,
        'EndTime': utcnow(),
        'PercentageComplete': 100,
        'InstancesToUpdate': 0,
        'Preferences': response._get_param('Preferences') or {},
    }
    group.__dict__.setdefault('instance_refreshes', []).insert(0, refresh)
    return ActionResult({'InstanceRefreshId': refresh['InstanceRefreshId']})


def describe_instance_refreshes(response: AutoScalingResponse) -> ActionResult:
    """DescribeInstanceRefreshes, newest first."""
    wanted = response._get_param('InstanceRefreshIds') or []
    refreshes = [
        refresh
        for refresh in _group(response).__dict__.get('instance_refreshes', [])
        if not wanted or refresh['InstanceRefreshId'] in wanted
    ]
    return ActionResult({'InstanceRefreshes': refreshes})


def cancel_instance_refresh(response: AutoScalingResponse) -> ActionResult:
    """CancelInstanceRefresh: none is ever under way."""
    raise AutoscalingClientError(
        'ActiveInstanceRefreshNotFound', f'No in progress or pending Instance Refresh found for {_group(response).name}'
    )


def apply() -> None:
    """Adds what is missing."""
    for name in ('create_auto_scaling_group', 'update_auto_scaling_group'):
        setattr(AutoScalingResponse, name, _then_keep_settings(name))
    for action in (start_instance_refresh, describe_instance_refreshes, cancel_instance_refresh):
        setattr(AutoScalingResponse, action.__name__, action)
    FakeAutoScalingGroup.replace_autoscaling_group_instances = launch

    put = AutoScalingBackend.put_scaling_policy

    def put_scaling_policy(backend: AutoScalingBackend, *args: Any, **kwargs: Any) -> FakeScalingPolicy:
        policy = put(backend, *args, **kwargs)
        policy.enabled = True
        policy.predictive_scaling_configuration = policy.predictive_scaling_configuration or None
        return policy

    AutoScalingBackend.put_scaling_policy = put_scaling_policy
