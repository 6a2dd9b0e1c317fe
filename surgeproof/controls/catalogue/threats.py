"""Controls of what looks for attacks: GuardDuty, Security Hub and those beside them, and who is told."""

from __future__ import annotations

import json
from typing import Any

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, is_false, items, must
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.placement import CARD_CLASSES, CLASS_TAG, tags
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK

FEATURES = {
    "S3_DATA_EVENTS": "S3",
    "RDS_LOGIN_EVENTS": "RDS",
    "LAMBDA_NETWORK_LOGS": "Lambda",
    "RUNTIME_MONITORING": "tasks while they run",
}
"""Name of a GuardDuty feature (CreateDetector, Features) to what it watches."""
FARGATE_AGENT = "ECS_FARGATE_AGENT_MANAGEMENT"
STANDARDS = {"aws-foundational-security-best-practices": "AWS FSBP", "pci-dss/v/4": "PCI DSS v4.0.1"}
"""Part of a standard's ARN to what it is."""
TARGET_TYPE = "aws:cloudwatch/eventTarget:EventTarget"
TOPIC_TYPE = "aws:sns/topic:Topic"


@control(
    id="GD-01",
    title="GuardDuty watches the account, S3, databases, functions and running tasks",
    severity="high",
    family="detector",
    rationale="A stolen key is used from somewhere else; only what looks at all calls notices.",
    remediation="`aws.guardduty.DetectorFeature(..., name='RUNTIME_MONITORING', status='ENABLED', "
    "additional_configurations=[{'name': 'ECS_FARGATE_AGENT_MANAGEMENT', 'status': 'ENABLED'}])`, and one for each feature",
    requirements=published(
        "GuardDuty.1† GuardDuty.6† GuardDuty.9† GuardDuty.10† GuardDuty.11 GuardDuty.12", pci="11.5.1p", nist="SI-4"
    ),
)
def attacks_are_looked_for(resource: Resource, context: Context) -> list[Outcome]:
    """On, and each feature enabled; the agent of Fargate's tasks too."""
    features = context.companions(resource, "detector_feature", by="detectorId")
    enabled = {
        str(context.value(item, "name")): item for item in features if context.value(item, "status") == "ENABLED"
    }
    missing = [what for name, what in FEATURES.items() if name not in enabled]
    runtime = enabled.get("RUNTIME_MONITORING")
    return all_of(
        must(context, resource, "enable", lambda value: not is_false(value), "is switched off"),
        failed(f"does not watch {', '.join(missing)}", property="enable") if missing else passed(),
        _agent(context, runtime) if runtime is not None else passed(),
    )


def _agent(context: Context, feature: Resource) -> Outcome:
    more = items(context, feature, "additionalConfigurations")
    if more is None:
        return unknown("how it watches Fargate is not known", property="enable")
    on = {item.get("name") for item in more if isinstance(item, dict) and item.get("status") == "ENABLED"}
    return passed() if FARGATE_AGENT in on else failed("puts no agent beside Fargate's tasks", property="enable")


@control(
    id="GD-02",
    title="Findings of GuardDuty and Security Hub reach somebody",
    severity="high",
    family="stack",
    rationale="A finding that waits in a console until Monday is a breach by Saturday.",
    remediation="`aws.cloudwatch.EventRule(event_pattern={'source': ['aws.guardduty'], ...})` with a topic as its target",
    requirements=published(pci="10.4.1.1j 12.10.5p", nist="IR-4"),
)
def findings_are_told(_resource: None, context: Context) -> list[Outcome]:
    """For each that the program switches on: an enabled rule on its findings, with a topic behind it."""
    sources = [
        source
        for source, family in (("aws.guardduty", "detector"), ("aws.securityhub", "security_hub"))
        if context.family(family)
    ]
    if not sources:
        return [not_applicable("neither GuardDuty nor Security Hub is of this program")]
    told: set[str] = set()
    unsure = False
    for rule in context.family("event_rule"):
        pattern = context.value(rule, "eventPattern")
        if pattern is UNKNOWN or (isinstance(pattern, str) and UNKNOWN_MARK in pattern):
            unsure = True
        elif context.value(rule, "state") != "DISABLED" and reaches_topic(context, rule):
            told |= _findings_of(pattern)
    missing = [source for source in sources if source not in told]
    if missing and unsure:
        return [unknown("what a rule listens to is not known")]
    return [failed(f"nobody is told of findings of {source}") for source in missing] or [passed()]


def _findings_of(pattern: Any) -> set[str]:
    try:
        parsed = json.loads(pattern) if isinstance(pattern, str) else pattern
    except ValueError:
        return set()
    if not isinstance(parsed, dict) or not any(
        "Finding" in str(kind) for kind in parsed.get("detail-type", ["Finding"])
    ):
        return set()
    return {item for item in parsed.get("source", []) if isinstance(item, str)}


def reaches_topic(context: Context, rule: Resource) -> bool:
    """Whether a rule has a topic among its targets."""
    ways = reach(context)
    targets = ways.linking(rule, TARGET_TYPE, "rule") or [
        item for item in context.graph.of_type(TARGET_TYPE) if item.inputs.get("rule") == rule.inputs.get("name", "")
    ]
    return any(
        ways.linked(item, "arn", (TOPIC_TYPE,)) or ":sns:" in str(context.value(item, "arn")) for item in targets
    )


@control(
    id="SHB-01",
    title="Security Hub judges by FSBP and PCI DSS; images, outside access and card data are looked at",
    severity="med",
    family="security_hub",
    rationale="What was right at deployment is changed by hand later.",
    remediation="`aws.securityhub.StandardsSubscription` for both, `aws.inspector2.Enabler(resource_types=['ECR', 'LAMBDA'])`, "
    "`aws.accessanalyzer.Analyzer`, and `aws.macie2.Account` where a bucket is classified as cde",
    requirements=published(
        "Inspector.2† Inspector.3† Inspector.4† Macie.1 Macie.2",
        pci="10.4.1p 10.4.1.1p 11.3.1j 6.3.1h",
        cis="4.16/4.16 1.20/1.19 2.1.3/2.1.3",
        nist="CA-7 RA-5",
    ),
)
def hub_is_whole(_resource: Resource, context: Context) -> list[Outcome]:
    """Both standards; Inspector for images and functions; Access Analyzer; Macie where card data lies in a bucket."""
    arns = [context.value(item, "standardsArn") for item in context.family("security_hub_standard")]
    missing = [what for part, what in STANDARDS.items() if not any(part in str(arn) for arn in arns)]
    scanned = {
        str(kind) for item in context.family("inspector") for kind in items(context, item, "resourceTypes") or []
    }
    classified = any(tags(context, item).get(CLASS_TAG) in CARD_CLASSES for item in context.family("bucket"))
    uses = {"ECR": "repository", "LAMBDA": "function"}
    unscanned = [kind for kind, family in uses.items() if context.family(family) and kind not in scanned]
    return all_of(
        failed(f"does not judge by {' and '.join(missing)}", property="id") if missing else passed(),
        failed(f"Inspector does not look at {' and '.join(unscanned)}", property="id") if unscanned else passed(),
        passed()
        if context.family("access_analyzer")
        else failed("no Access Analyzer looks for outsiders", property="id"),
        failed("no Macie looks into the bucket of card data", property="id")
        if classified and not context.family("macie")
        else passed(),
        failed("its Inspector names no resource type", property="id")
        if any(context.value(item, "resourceTypes") in (ABSENT, []) for item in context.family("inspector"))
        else passed(),
    )
