"""Composite alarms: PutCompositeAlarm, which moto has no operation for, and states that follow from other alarms'.

moto keeps them like any alarm. Here their rules are read when they are put, and answered whenever alarms are described:
a composite alarm may be over composite alarms. Who is to be called is not: nobody is called in an embedded AWS.
"""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse

from surgeproof.localcloud.server.alarm_rules import RuleError, read


def install() -> None:
    """Add the operation, and bring states up to date before they are told."""
    moto_describe, moto_put = CloudWatchResponse.describe_alarms, CloudWatchResponse.put_metric_alarm

    def put_composite_alarm(self: CloudWatchResponse) -> Any:
        try:
            read(self._get_param("AlarmRule"))
        except RuleError as error:
            raise ValidationError(str(error)) from error
        return moto_put(self)

    def describe_alarms(self: CloudWatchResponse) -> Any:
        settle(self.cloudwatch_backend)
        return moto_describe(self)

    methods: dict[str, Any] = {"put_composite_alarm": put_composite_alarm, "describe_alarms": describe_alarms}
    for name, method in methods.items():
        setattr(CloudWatchResponse, name, method)


def settle(backend: CloudWatchBackend) -> None:
    """Give every composite alarm the state that its rule and the alarms under it ask for."""
    settled: set[str] = set()

    def state_of(name: str) -> str | None:
        alarm = backend.alarms.get(name)
        if alarm is None:
            return None
        if alarm.rule is not None and name not in settled:
            # Told as settled before it is: alarms that are over each other in a circle keep the state that they have,
            # as CloudWatch stops there ('PutCompositeAlarm').
            settled.add(name)
            _follow(alarm, "ALARM" if read(alarm.rule).answer(state_of) else "OK")
        return alarm.state_value

    for name in [name for name, alarm in backend.alarms.items() if alarm.rule is not None]:
        state_of(name)


def _follow(alarm: Alarm, state: str) -> None:
    if alarm.state_value != state:
        alarm.update_state(f"{alarm.name} was updated and its alarm rule evaluates to {state == 'ALARM'}", "{}", state)
