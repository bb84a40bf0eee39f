"""What a stack has made in the account, so that a test can say that `destroy` left nothing.

Left out is what every account has (default VPCs, the keys that AWS manages), what AWS keeps for a while by itself
(terminated instances, keys waiting to be deleted) and what nobody pays for or sees (tags, events, log entries).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from moto.core.base_backend import BackendDict


def _ec2(backend: Any) -> dict[str, Iterable[Any]]:
    ours = {vpc.id for vpc in backend.vpcs.values() if not vpc.is_default}
    return {
        'vpc': ours,
        'subnet': [name for zone in backend.subnets.values() for name, one in zone.items() if one.vpc_id in ours],
        'route table': [one.id for one in backend.route_tables.values() if one.vpc_id in ours],
        'network acl': [one.id for one in backend.network_acls.values() if one.vpc_id in ours],
        'security group': [
            one.id for groups in backend.groups.values() for one in groups.values() if one.name != 'default'
        ],
        'instance': [one.id for one in backend.all_instances() if one.state != 'terminated'],
        'volume': backend.volumes,
        'network interface': backend.enis,
        'address': [one.allocation_id for one in backend.addresses],
        'internet gateway': backend.internet_gateways,
        'nat gateway': [one.id for one in backend.nat_gateways.values() if one.state != 'deleted'],
        'vpc endpoint': backend.vpc_end_points,
        'flow log': backend.flow_logs,
        'key pair': backend.key_pairs,
        'launch template': backend.launch_templates,
        'instance connect endpoint': backend.__dict__.get('instance_connect_endpoints', {}),
    }


def _rds(backend: Any) -> dict[str, Iterable[Any]]:
    return {
        'instance': backend.databases,
        'cluster': backend.clusters,
        'snapshot': backend.database_snapshots,
        'subnet group': backend.subnet_groups,
        'parameter group': [name for name in backend.db_parameter_groups if not name.startswith('default.')],
        'option group': [name for name in backend.option_groups if not name.startswith('default:')],
    }


def _of_aws(key: Any) -> bool:
    return any(name.startswith('alias/aws/') for name in key.aliases)


def _named(**attributes: str) -> Callable[[Any], dict[str, Iterable[Any]]]:
    return lambda backend: {kind.replace('_', ' '): getattr(backend, name) for kind, name in attributes.items()}


SERVICES: dict[str, Callable[[Any], dict[str, Iterable[Any]]]] = {
    'acm': _named(certificate='_certificates'),
    'autoscaling': _named(group='autoscaling_groups', policy='policies', launch_configuration='launch_configurations'),
    'backup': _named(vault='vaults', plan='plans'),
    'budgets': lambda backend: {'budget': [name for budgets in backend.budgets.values() for name in budgets]},
    'cloudformation': _named(stack='living'),
    'cloudwatch': _named(alarm='alarms', dashboard='dashboards'),
    'ec2': _ec2,
    'elbv2': _named(load_balancer='load_balancers', target_group='target_groups'),
    'iam': lambda backend: {
        'role': [role.name for role in backend.roles.values()],
        'policy': [arn for arn in backend.managed_policies if ':iam::aws:' not in arn],
        'instance profile': [profile.name for profile in backend.instance_profiles.values()],
        'identity provider': backend.open_id_providers,
        'user': backend.users,
    },
    'kms': lambda backend: {
        'key': [key.id for key in backend.keys.values() if key.key_state == 'Enabled' and not _of_aws(key)],
    },
    'logs': _named(group='groups'),
    'rds': _rds,
    'route53': lambda backend: {'zone': [zone.name for zone in backend.zones.values()]},
    's3': _named(bucket='buckets'),
    'secretsmanager': lambda backend: {
        'secret': [secret.name for secret in dict.values(backend.secrets) if not secret.is_deleted()],
    },
    'sns': _named(topic='topics', subscription='subscriptions'),
    'ssm': lambda backend: {
        'parameter': [name for name in dict.keys(backend._parameters) if not name.startswith('/aws/service/')],
        'document': backend._documents,
    },
    'wafv2': _named(web_acl='wacls', ip_set='ip_sets'),
}


def inventory() -> dict[str, dict[str, dict[str, list[str]]]]:
    """Service -> region -> kind -> identifiers; only what there is. Hold WORLD."""
    found: dict[str, dict[str, dict[str, list[str]]]] = {}
    for backends in BackendDict._instances:
        service = backends.backend.__module__.split('.')[1]
        if service not in SERVICES:
            continue
        for _, region, backend in backends.iter_backends():
            kinds = {kind: sorted(map(str, names)) for kind, names in SERVICES[service](backend).items() if names}
            if kinds:
                found.setdefault(service, {})[region] = kinds
    return dict(sorted(found.items()))
