"""Controls of AWS Config: that what resources looked like is written down, whole and for a year."""

from __future__ import annotations

from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.control import Parameter, control
from surgeproof.controls.expectations import all_of, is_true, must, number
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, passed, unknown
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

SERVICE_ROLE = "/aws-service-role/config.amazonaws.com/"
SERVICE_ROLE_TYPE = "aws:iam/serviceLinkedRole:ServiceLinkedRole"


@control(
    id="CFG-01",
    title="Config records every type everywhere, judges by a PCI pack, and keeps a year",
    severity="high",
    family="config_recorder",
    rationale="After an incident the question is what it looked like before; only the recorder knows.",
    remediation="`aws.cfg.Recorder(..., recording_group={'all_supported': True, 'include_global_resource_types': True})`, "
    "`RecorderStatus(is_enabled=True)`, `DeliveryChannel`, `ConformancePack`, "
    "`RetentionConfiguration(retention_period_in_days=2557)`",
    requirements=published("Config.1", pci="10.2.1p 11.5.2c 10.5.1p", cis="3.3/3.3", nist="CM-8"),
    parameters=(Parameter("days", 365, 365, 2557, "days"),),
)
def records_everything(resource: Resource, context: Context) -> list[Outcome]:
    """All types and the global ones, by Config's own role, switched on, delivered, judged and kept."""
    group = "recordingGroup"
    packs = context.family("config_conformance_pack")
    return all_of(
        must(context, resource, f"{group}.allSupported", is_true, "leaves types out", missing=True),
        must(context, resource, f"{group}.includeGlobalResourceTypes", is_true, "leaves out users, roles and policies"),
        _role(context, resource),
        _running(context),
        passed() if context.family("config_delivery_channel") else failed("delivers nowhere", property="name"),
        _judged(context, packs),
        *(_kept(context, item) for item in context.family("config_retention")),
    )


def _role(context: Context, recorder: Resource) -> Outcome:
    if reach(context).linked(recorder, "roleArn", (SERVICE_ROLE_TYPE,)):
        return passed()
    return must(
        context,
        recorder,
        "roleArn",
        lambda value: SERVICE_ROLE in str(value),
        "does not use Config's service-linked role, which nobody can narrow by mistake",
    )


def _running(context: Context) -> Outcome:
    states = [context.value(item, "isEnabled") for item in context.family("config_recorder_status")]
    if any(is_true(state) for state in states):
        return passed()
    if UNKNOWN in states:
        return unknown("whether it is switched on is not known", property="name")
    return failed("is not switched on", property="name")


def _judged(context: Context, packs: list[Resource]) -> Outcome:
    texts = [str(context.value(item, key)) for item in packs for key in ("name", "templateBody", "templateS3Uri")]
    if any("pci" in text.lower() for text in texts):
        return passed()
    if any(context.value(item, "templateBody") is UNKNOWN for item in packs):
        return unknown("what its conformance packs judge is not known", property="name")
    return failed("no conformance pack for PCI DSS judges what it records", property="name")


def _kept(context: Context, retention: Resource) -> Outcome:
    least = context.parameter("days")
    value = context.value(retention, "retentionPeriodInDays")
    if value is UNKNOWN:
        return unknown("how long it keeps is not known", property="name")
    return passed() if number(value) >= least else failed(f"keeps less than {least:g} days", property="name")
