"""What a Terraform `aws_budgets_budget` asks of AWS Budgets besides creating it.

AWS: tags, changes of a budget, subscribers of its notifications. moto: none of these; the provider retries for minutes.
"""

from __future__ import annotations

import json
from typing import Any

from moto.budgets.exceptions import NotFoundException
from moto.budgets.models import Budget, BudgetsBackend, Notification
from moto.budgets.responses import BudgetsResponse
from moto.core.responses import BaseResponse


def _budget(response: BaseResponse) -> Budget:
    name = response._get_param('BudgetName') or response._get_param('NewBudget')['BudgetName']
    try:
        return response.backend.budgets[response._get_param('AccountId')][name]
    except KeyError:
        raise NotFoundException(f"Unable to get budget: {name} - the budget doesn't exist.") from None


def _of_arn(response: BaseResponse) -> Budget:
    arn = response._get_param('ResourceARN')
    name = arn.partition(':budget/')[2]
    try:
        return response.backend.budgets[arn.split(':')[4]][name]
    except (KeyError, IndexError):
        raise NotFoundException(f'Unable to find resource: {arn}') from None


def _tags(budget: Budget) -> dict[str, str]:
    return budget.__dict__.setdefault('resource_tags', {})


def _notification(response: BaseResponse, name: str = 'Notification') -> Notification:
    wanted = _key(response._get_param(name))
    for notification in _budget(response).notifications:
        if _key(notification.details) == wanted:
            return notification
    raise NotFoundException('Unable to find notification')


def _key(details: dict[str, Any]) -> tuple[Any, ...]:
    return (
        details['NotificationType'],
        details['ComparisonOperator'],
        float(details['Threshold']),
        details.get('ThresholdType', 'PERCENTAGE'),
    )


def apply() -> None:
    """Adds the actions to moto's."""
    create = BudgetsResponse.create_budget

    def create_budget(response: BaseResponse) -> str:
        answer = create(response)
        budget = response._get_param('Budget')['BudgetName']
        made = response.backend.budgets[response._get_param('AccountId')][budget]
        _tags(made).update({tag['Key']: tag['Value'] for tag in response._get_param('ResourceTags') or []})
        return answer

    def update_budget(response: BaseResponse) -> str:
        budget = _budget(response)
        budget.budget = Budget({**budget.budget, **response._get_param('NewBudget')}, []).budget
        return '{}'

    def list_tags_for_resource(response: BaseResponse) -> str:
        tags = _tags(_of_arn(response))
        return json.dumps({'ResourceTags': [{'Key': key, 'Value': value} for key, value in tags.items()]})

    def tag_resource(response: BaseResponse) -> str:
        _tags(_of_arn(response)).update({tag['Key']: tag['Value'] for tag in response._get_param('ResourceTags')})
        return '{}'

    def untag_resource(response: BaseResponse) -> str:
        for key in response._get_param('ResourceTagKeys'):
            _tags(_of_arn(response)).pop(key, None)
        return '{}'

    def describe_subscribers_for_notification(response: BaseResponse) -> str:
        return json.dumps({'Subscribers': _notification(response).subscribers})

    def update_notification(response: BaseResponse) -> str:
        _notification(response, 'OldNotification').details = response._get_param('NewNotification')
        return '{}'

    def create_subscriber(response: BaseResponse) -> str:
        _notification(response).subscribers.append(response._get_param('Subscriber'))
        return '{}'

    def delete_subscriber(response: BaseResponse) -> str:
        notification = _notification(response)
        gone = response._get_param('Subscriber')
        notification.subscribers = [subscriber for subscriber in notification.subscribers if subscriber != gone]
        return '{}'

    for action in (
        create_budget, update_budget, list_tags_for_resource, tag_resource, untag_resource,
        describe_subscribers_for_notification, update_notification, create_subscriber, delete_subscriber,
    ):  # fmt: skip
        setattr(BudgetsResponse, action.__name__, action)

    def get_notifications(budget: Budget) -> list[dict[str, Any]]:
        return [{'NotificationState': 'OK', 'ThresholdType': 'PERCENTAGE', **n.details} for n in budget.notifications]

    def describe(backend: BudgetsBackend, account_id: str, budget_name: str) -> list[dict[str, Any]]:
        if budget_name not in backend.budgets[account_id]:
            raise NotFoundException(f"Unable to get budget: {budget_name} - the budget doesn't exist.")
        return get_notifications(backend.budgets[account_id][budget_name])

    def delete_notification(budget: Budget, details: dict[str, Any]) -> None:
        budget.notifications = [n for n in budget.notifications if _key(n.details) != _key(details)]

    Budget.get_notifications = get_notifications
    Budget.delete_notification = delete_notification
    BudgetsBackend.describe_notifications_for_budget = describe
