"""Composite alarms of CloudWatch.

AWS: `PutCompositeAlarm`. moto: stores and lists alarms with a rule, but has no such action.
"""

from __future__ import annotations

from moto.cloudwatch.models import Alarm
from moto.cloudwatch.responses import CloudWatchResponse


def apply() -> None:
    """Adds the action: the alarm's rule is one more parameter of what moto has."""
    CloudWatchResponse.put_composite_alarm = CloudWatchResponse.put_metric_alarm
    Alarm.alarm_rule = property(lambda alarm: alarm.rule)
