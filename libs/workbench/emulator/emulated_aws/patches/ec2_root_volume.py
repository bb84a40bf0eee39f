"""The root volume of an instance, where a launch does not say everything about it.

AWS: what is left open comes from the image: its root device name, 8 GiB of gp3 for Amazon Linux 2023, deleted with
the instance. moto: refuses a mapping without a size, keeps the volume of a terminated instance, calls the device of
an instance without a mapping /dev/sda1 whatever its image says, and makes an instance of a launch template two roots.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models.instances import Instance
from moto.ec2.responses.instances import InstanceResponse

SIZE = 8
TYPE = 'gp3'


def apply() -> None:
    """Fills in what the request leaves open."""
    validate = InstanceResponse._validate_block_device_mapping

    def validate_with_size(mapping: dict[str, Any]) -> None:
        ebs = mapping.get('Ebs')
        if ebs is not None and not ebs.get('SnapshotId'):
            ebs.setdefault('VolumeSize', SIZE)
        if ebs is not None:
            ebs.setdefault('VolumeType', TYPE)
            ebs.setdefault('DeleteOnTermination', True)
        validate(mapping)

    InstanceResponse._validate_block_device_mapping = staticmethod(validate_with_size)

    def setup_defaults(instance: Instance) -> None:
        volume = instance.ec2_backend.create_volume(size=SIZE, zone_name=instance._placement.zone, volume_type=TYPE)
        instance.ec2_backend.attach_volume(volume.id, instance.id, instance.root_device_name or '/dev/sda1', True)

    Instance.setup_defaults = setup_defaults

    add = Instance.add_block_device

    def add_block_device(instance: Instance, size: int | None, device_path: str, *args: Any, **kwargs: Any) -> None:
        default = instance.block_device_mapping.get(device_path)
        if default:  # moto has made it before it looked into the launch template
            instance.ec2_backend.detach_volume(default.volume_id, instance.id, device_path)
            instance.ec2_backend.delete_volume(default.volume_id)
        add(instance, size or SIZE, device_path, *args, **kwargs)

    Instance.add_block_device = add_block_device
