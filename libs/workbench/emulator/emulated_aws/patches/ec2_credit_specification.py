"""Whether an instance of a burstable type computes on when its CPU credits are used up.

AWS: as the launch says, otherwise unlimited for T3, T3a and T4g and standard for T2; it can be changed while the
instance runs. moto: standard, whatever the launch says, and cannot change it.
Source: EC2 user guide, "Burstable performance instances", "Unlimited mode"; EC2 API, ModifyInstanceCreditSpecification.
"""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.ec2.models.instances import Instance
from moto.ec2.responses import EC2Response
from moto.ec2.responses.instances import InstanceResponse


def apply() -> None:
    """Keeps what is said, and answers it."""
    run = InstanceResponse.run_instances

    def run_instances(response: InstanceResponse) -> ActionResult:
        before = {instance.id for instance in response.ec2_backend.all_instances()}
        result = run(response)
        said = response._get_param('CreditSpecification.CpuCredits')
        for instance in response.ec2_backend.all_instances():
            if said and instance.id not in before:
                instance.cpu_credits = said
        return result

    def describe(response: InstanceResponse) -> ActionResult:
        instances = response.ec2_backend.describe_instance_credit_specifications(response._get_param('InstanceIds', []))
        return ActionResult(
            {'InstanceCreditSpecifications': [{'InstanceId': one.id, 'CpuCredits': _credits(one)} for one in instances]}
        )

    def modify(response: InstanceResponse) -> ActionResult:
        wanted = response._get_param('InstanceCreditSpecifications', [])
        for one in wanted:
            response.ec2_backend.get_instance(one['InstanceId']).cpu_credits = one['CpuCredits']
        changed = [{'InstanceId': one['InstanceId']} for one in wanted]
        return ActionResult(
            {'SuccessfulInstanceCreditSpecifications': changed, 'UnsuccessfulInstanceCreditSpecifications': []}
        )

    InstanceResponse.run_instances = run_instances
    InstanceResponse.describe_instance_credit_specifications = describe
    EC2Response.modify_instance_credit_specification = modify


def _credits(instance: Instance) -> str:
    default = 'standard' if instance.instance_type.startswith('t2.') else 'unlimited'
    return str(getattr(instance, 'cpu_credits', default))
