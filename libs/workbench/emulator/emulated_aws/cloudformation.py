"""CloudFormation, as far as our stacks ask it: a stack of rules of listeners, which Terraform must not know the secrets of.

AWS looks `{{resolve:secretsmanager:ARN:SecretString:KEY}}` up when it makes a resource, and keeps the reference in the template.
moto's own imports the models of sixty services and a linter of templates, and looks nothing up.
"""

from __future__ import annotations

import contextlib
import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.elbv2.models import FakeListenerRule, elbv2_backends
from moto.secretsmanager.models import secretsmanager_backends

_SECRET = re.compile(
    r'\{\{resolve:secretsmanager:(arn:aws:secretsmanager:([^:]+):([^:]+):secret:[^:]+):SecretString:([^:}]+)\}\}'
)


class ValidationError(ServiceException):
    code = 'ValidationError'


class AlreadyExists(ServiceException):
    code = 'AlreadyExistsException'


class Stack:
    """A stack as CloudFormation describes it, and the rules it made, by their names in the template."""

    def __init__(self, arn: str, name: str):
        self.stack_id = arn
        self.stack_name = name
        self.creation_time = datetime.now(UTC)
        self.stack_status = 'CREATE_IN_PROGRESS'
        self.template_body = '{}'
        self.parameters: list[dict[str, str]] = []
        self.tags: list[dict[str, str]] = []
        self.rules: dict[str, str] = {}


class CloudFormationBackend(BaseBackend):
    """The stacks of one region, those that were deleted too: they are found by their id for a while."""

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.stacks: dict[str, Stack] = {}

    @property
    def living(self) -> list[Stack]:
        return [stack for stack in self.stacks.values() if stack.stack_status != 'DELETE_COMPLETE']

    def find(self, name_or_id: str) -> Stack:
        for stack in [*self.living, *self.stacks.values()]:
            if stack.stack_id == name_or_id or (stack.stack_name == name_or_id and stack in self.living):
                return stack
        raise ValidationError(f'Stack with id {name_or_id} does not exist')

    def create(self, name: str, wanted: dict[str, Any]) -> Stack:
        if any(stack.stack_name == name for stack in self.living):
            raise AlreadyExists(f'Stack [{name}] already exists')
        stack = Stack(f'arn:aws:cloudformation:{self.region_name}:{self.account_id}:stack/{name}/{uuid4()}', name)
        self.bring_about(stack, wanted)
        stack.stack_status = 'CREATE_COMPLETE'
        self.stacks[stack.stack_id] = stack
        return stack

    def bring_about(self, stack: Stack, wanted: dict[str, Any]) -> None:
        """Makes, changes and deletes rules until they are the template's."""
        body = wanted.get('TemplateBody', stack.template_body)
        parameters = wanted.get('Parameters', stack.parameters)
        resources = json.loads(body)['Resources']
        values = {parameter['ParameterKey']: parameter['ParameterValue'] for parameter in parameters}
        for name, resource in resources.items():
            if resource['Type'] != FakeListenerRule.cloudformation_type():
                raise NotImplementedError(f'resources of type {resource["Type"]}')
            properties = {'Properties': self._resolved(resource['Properties'], values)}
            place = {'account_id': self.account_id, 'region_name': self.region_name}
            if name in stack.rules:
                rule = elbv2_backends[self.account_id][self.region_name].describe_rules(None, [stack.rules[name]])[0]
                FakeListenerRule.update_from_cloudformation_json(rule, name, properties, **place)
            else:
                stack.rules[name] = FakeListenerRule.create_from_cloudformation_json(name, properties, **place).arn
        for name in set(stack.rules) - set(resources):
            elbv2_backends[self.account_id][self.region_name].delete_rule(stack.rules.pop(name))
        stack.template_body, stack.parameters, stack.tags = body, parameters, wanted.get('Tags', stack.tags)

    def delete(self, stack: Stack) -> None:
        for arn in stack.rules.values():
            elbv2_backends[self.account_id][self.region_name].delete_rule(arn)
        stack.rules = {}
        stack.stack_status = 'DELETE_COMPLETE'

    def _resolved(self, value: Any, parameters: dict[str, str]) -> Any:
        if isinstance(value, list):
            return [self._resolved(inner, parameters) for inner in value]
        if isinstance(value, dict):
            if list(value) == ['Ref']:
                return parameters[value['Ref']]
            return {key: self._resolved(inner, parameters) for key, inner in value.items()}
        return _SECRET.sub(_look_up, value) if isinstance(value, str) else value


def _look_up(reference: re.Match[str]) -> str:
    arn, region, account, key = reference.groups()
    return json.loads(secretsmanager_backends[account][region].get_secret_value(arn, '', '')['SecretString'])[key]


backends = BackendDict(CloudFormationBackend, 'cloudformation')


class CloudFormationResponse(BaseResponse):
    """The actions that Terraform asks for."""

    def __init__(self) -> None:
        super().__init__(service_name='cloudformation')
        self.automated_parameter_parsing = True

    @property
    def _backend(self) -> CloudFormationBackend:
        return backends[self.current_account][self.region]

    def create_stack(self) -> ActionResult:
        return ActionResult({'StackId': self._backend.create(self._get_param('StackName'), self._get_params()).stack_id})

    def update_stack(self) -> ActionResult:
        stack = self._backend.find(self._get_param('StackName'))
        self._backend.bring_about(stack, self._get_params())
        stack.stack_status = 'UPDATE_COMPLETE'
        return ActionResult({'StackId': stack.stack_id})

    def delete_stack(self) -> ActionResult:
        with contextlib.suppress(ValidationError):  # AWS says nothing of a stack that is not there
            self._backend.delete(self._backend.find(self._get_param('StackName')))
        return EmptyResult()

    def describe_stacks(self) -> ActionResult:
        name = self._get_param('StackName')
        stacks = [self._backend.find(name)] if name else self._backend.living
        return ActionResult({'Stacks': stacks})

    def get_template(self) -> ActionResult:
        return ActionResult({'TemplateBody': self._backend.find(self._get_param('StackName')).template_body})
