"""Parameters of an RDS parameter group read back as they were set.

AWS: `DescribeDBParameters` says of each where its value comes from (`Source`), and `Source=user` asks for the set ones;
`ResetDBParameterGroup` takes a value back. moto: neither.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.models import DBParameterGroup
from moto.rds.responses import RDSResponse


def apply() -> None:
    """Marks what is set by a user as such."""

    def update_parameters(group: DBParameterGroup, parameters: Any) -> None:
        for parameter in parameters:
            group.parameters[parameter['ParameterName']].update(
                {'Source': 'user', 'IsModifiable': True, 'DataType': 'string', **parameter}
            )

    describe = RDSResponse.describe_db_parameters

    def describe_db_parameters(response: RDSResponse) -> ActionResult:
        result = describe(response)
        wanted = response.params.get('Source')
        result._result = {'Parameters': [p for p in result._result['Parameters'] if wanted in (None, p.get('Source'))]}
        return result

    def reset_db_parameter_group(response: RDSResponse) -> ActionResult:
        name = response.params['DBParameterGroupName']
        group = response.backend.modify_db_parameter_group(name, [])
        if response.params.get('ResetAllParameters'):
            group.parameters.clear()
        for parameter in response.params.get('Parameters') or []:
            group.parameters.pop(parameter['ParameterName'], None)
        return ActionResult({'DBParameterGroupName': name})

    DBParameterGroup.update_parameters = update_parameters
    RDSResponse.describe_db_parameters = describe_db_parameters
    RDSResponse.reset_db_parameter_group = reset_db_parameter_group
