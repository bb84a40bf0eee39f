"""Which versions and sizes of PostgreSQL RDS offers.

AWS: `DescribeDBEngineVersions` and `DescribeOrderableDBInstanceOptions` list them, and an instance asked for by its
major version gets the default minor one. moto: lacks the first, offers nothing for PostgreSQL, and keeps "16" as the
version.

A version that is not in the table is taken as it is: what an account really offers is not the emulator's to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.models import DBInstance, RDSBackend
from moto.rds.responses import RDSResponse

ENGINE = 'postgres'
DEFAULT_MINOR = {'14': '14.20', '15': '15.15', '16': '16.11', '17': '17.7', '18': '18.1'}
CLASSES = [
    f'db.{family}.{size}'
    for family, sizes in {
        't3': ('micro', 'small', 'medium', 'large', 'xlarge', '2xlarge'),
        't4g': ('micro', 'small', 'medium', 'large', 'xlarge', '2xlarge'),
        'm6g': ('large', 'xlarge', '2xlarge', '4xlarge'),
        'm7g': ('large', 'xlarge', '2xlarge', '4xlarge'),
        'r6g': ('large', 'xlarge', '2xlarge', '4xlarge'),
        'r7g': ('large', 'xlarge', '2xlarge', '4xlarge'),
    }.items()
    for size in sizes
]


def _versions() -> Iterator[dict[str, Any]]:
    for major, version in DEFAULT_MINOR.items():
        yield {
            'Engine': ENGINE,
            'EngineVersion': version,
            'MajorEngineVersion': major,
            'DBParameterGroupFamily': f'{ENGINE}{major}',
            'DBEngineDescription': 'PostgreSQL',
            'DBEngineVersionDescription': f'PostgreSQL {version}',
            'ExportableLogTypes': ['postgresql', 'upgrade'],
            'SupportsLogExportsToCloudwatchLogs': True,
            'SupportsReadReplica': True,
            'Status': 'available',
            'ValidUpgradeTarget': [
                {'Engine': ENGINE, 'EngineVersion': later, 'IsMajorVersionUpgrade': True, 'AutoUpgrade': False}
                for later_major, later in DEFAULT_MINOR.items()
                if int(later_major) > int(major)
            ],
        }


def _asked_for(parameters: Any, found: dict[str, Any]) -> bool:
    version = parameters.get('EngineVersion')
    if parameters.get('Engine') not in (None, ENGINE):
        return False
    if version and version not in (found['EngineVersion'], found['MajorEngineVersion']):
        return False
    return parameters.get('DBParameterGroupFamily') in (None, found['DBParameterGroupFamily'])


def apply() -> None:
    """Adds the actions, and the minor version of an instance."""

    def describe_db_engine_versions(response: RDSResponse) -> ActionResult:
        found = [version for version in _versions() if _asked_for(response.params, version)]
        return ActionResult({'DBEngineVersions': found})

    RDSResponse.describe_db_engine_versions = describe_db_engine_versions

    describe = RDSBackend.describe_orderable_db_instance_options

    def describe_orderable(backend: RDSBackend, engine: str, engine_version: str) -> list[dict[str, Any]]:
        if engine != ENGINE:
            return describe(backend, engine, engine_version)
        zones = [{'Name': f'{backend.region_name}{letter}'} for letter in 'abc']
        return [
            {
                'Engine': ENGINE,
                'EngineVersion': version['EngineVersion'],
                'DBInstanceClass': instance_class,
                'LicenseModel': 'postgresql-license',
                'StorageType': 'gp3',
                'AvailabilityZones': zones,
                'MultiAZCapable': True,
                'ReadReplicaCapable': True,
                'Vpc': True,
                'SupportsStorageEncryption': True,
                'SupportsPerformanceInsights': True,
                'SupportsEnhancedMonitoring': True,
                'SupportsIAMDatabaseAuthentication': True,
                'SupportsStorageAutoscaling': True,
                'MinStorageSize': 20,
                'MaxStorageSize': 65536,
            }
            for version in _versions()
            if engine_version in (None, version['EngineVersion'], version['MajorEngineVersion'])
            for instance_class in CLASSES
        ]

    RDSBackend.describe_orderable_db_instance_options = describe_orderable

    get_version = DBInstance.engine_version

    def set_version(instance: DBInstance, version: str) -> None:
        get_version.fset(instance, DEFAULT_MINOR.get(version, version) if instance.engine == ENGINE else version)

    DBInstance.engine_version = property(get_version.fget, set_version)
