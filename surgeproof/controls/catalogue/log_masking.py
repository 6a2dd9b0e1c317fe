"""Controls of what must not stand in logs."""

from __future__ import annotations

from typing import Any

from surgeproof.controls.admission import statements
from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

TASK_TYPE = "aws:ecs/taskDefinition:TaskDefinition"
FUNCTION_TYPE = "aws:lambda/function:Function"
ACCOUNT_POLICY = "aws:cloudwatch/logAccountPolicy:LogAccountPolicy"
CARD = "/CreditCardNumber"


@control(
    id="CW-08",
    title="Card numbers are masked in what programs write down",
    severity="high",
    family="log_group",
    rationale="One debug line with a request body puts every card of the launch into a log that many read.",
    remediation="`aws.cloudwatch.LogDataProtectionPolicy(log_group_name=group.name, policy_document=...)` with an Audit and a "
    "Deidentify statement on `CreditCardNumber`",
    requirements=published(pci="3.3.1j 3.4.1j", nist="SI-12"),
)
def cards_are_masked(resource: Resource, context: Context) -> Outcome:
    """A data protection policy that masks card numbers, on the group or for the account, where a program logs to it."""
    if not _programs_write(context, resource):
        return not_applicable("no task and no function logs to it")
    places = [
        (item, "policyDocument") for item in context.companions(resource, "log_data_protection", by="logGroupName")
    ]
    places += [
        (item, "policyDocument")
        for item in context.graph.of_type(ACCOUNT_POLICY)
        if context.value(item, "policyType") == "DATA_PROTECTION_POLICY"
    ]
    documents = [context.document(item, property_) for item, property_ in places]
    if any(_masks_cards(document) for document in documents):
        return passed()
    if UNKNOWN in documents:
        return unknown("its data protection policy is known only after deployment", property="name")
    return failed("does not mask card numbers", property="name")


def _programs_write(context: Context, group: Resource) -> bool:
    ways = reach(context)
    if ways.linking(group, TASK_TYPE, "containerDefinitions") or ways.linking(group, FUNCTION_TYPE, "loggingConfig"):
        return True
    name = group.outputs.get("name") or group.inputs.get("name")
    return isinstance(name, str) and name.startswith(("/aws/lambda/", "/ecs/"))


def _masks_cards(document: Any) -> bool:
    return any(
        "Deidentify" in (item.get("Operation") or item.get("operation") or {})
        and any(str(kind).endswith(CARD) for kind in item.get("DataIdentifier", []))
        for item in statements(document)
    )
