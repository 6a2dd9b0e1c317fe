"""Controls of what says what it is for: alarms, roles, keys; and what an alarm makes of silence."""

from __future__ import annotations

from surgeproof.controls.context import Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import must
from surgeproof.controls.outcome import Outcome, not_applicable
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource


def _says(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value != "Managed by Pulumi"


@control(
    id="CW-09",
    title="An alarm says what it means",
    severity="low",
    family="alarm",
    rationale="Whoever is woken by it reads its description, and nothing else, before acting.",
    remediation="`alarm_description='Orders wait for over a minute: look at the dead letters.'`",
    requirements=published(nist="IR-4"),
)
def alarm_is_described(resource: Resource, context: Context) -> Outcome:
    """Its description is not empty."""
    return must(context, resource, "alarmDescription", _says, "does not say what it means")


@control(
    id="CW-10",
    title="An alarm says what it makes of silence",
    severity="low",
    family="alarm",
    rationale="Left out, an alarm on tasks that have all died stays as it was: no data is no change.",
    remediation="`treat_missing_data='breaching'`, or `'notBreaching'` where no data is good news",
    requirements=published(nist="SI-4"),
)
def silence_means_something(resource: Resource, context: Context) -> Outcome:
    """``treatMissingData`` is written; an alarm made of others has no data of its own."""
    if resource.type.endswith(":CompositeAlarm"):
        return not_applicable("made of other alarms")
    return must(context, resource, "treatMissingData", _says, "does not say what no data means")


@control(
    id="IAM-07",
    title="A role says what it is for",
    severity="low",
    family="role",
    rationale="A reviewer who cannot tell what a role is for leaves its permissions alone.",
    remediation="`description='What the storefront may do'`",
    requirements=published(nist="AC-2"),
)
def role_is_described(resource: Resource, context: Context) -> Outcome:
    """Its description is not empty."""
    return must(context, resource, "description", _says, "does not say what it is for")


@control(
    id="KMS-05",
    title="A key says what it is for",
    severity="low",
    family="kms_key",
    rationale="A key that nobody knows is deleted in a cleaning up, with all that it encrypts.",
    remediation="`description='shop: orders'`",
    requirements=published(nist="SC-12"),
)
def key_is_described(resource: Resource, context: Context) -> Outcome:
    """Its description is not empty."""
    return must(context, resource, "description", _says, "does not say what it is for")


@control(
    id="GD-03",
    title="GuardDuty tells of what goes on within a quarter of an hour",
    severity="low",
    family="detector",
    rationale="By default a finding that comes again is told after six hours: longer than a launch.",
    remediation="`finding_publishing_frequency='FIFTEEN_MINUTES'`",
    requirements=published(nist="SI-4(5)"),
)
def findings_come_soon(resource: Resource, context: Context) -> Outcome:
    """The frequency is ``FIFTEEN_MINUTES``."""
    return must(
        context,
        resource,
        "findingPublishingFrequency",
        lambda value: value == "FIFTEEN_MINUTES",
        "tells of what goes on after an hour or six",
        missing="SIX_HOURS",
    )
