"""Controls of log groups."""

from __future__ import annotations

from surgeproof.controls.context import Context
from surgeproof.controls.control import Parameter, control
from surgeproof.controls.expectations import customer_key, must, number
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome
from surgeproof.controls.placement import tags
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource


@control(
    id="CW-01",
    title="Log groups are encrypted with a customer key",
    severity="high",
    family="log_group",
    rationale="What programs write down holds names, addresses and, sooner or later, a secret.",
    remediation="`kms_key_id=key.arn`",
    requirements=published(pci="3.5.1p 10.3.2c", nist="SC-28"),
)
def log_group_has_customer_key(resource: Resource, context: Context) -> Outcome:
    """A KMS key of the customer."""
    return customer_key(context, resource, "kmsKeyId", "is not encrypted with a customer key")


AUDITS = {
    "aws:cloudtrail/trail:Trail": "cloudWatchLogsGroupArn",
    "aws:ec2/flowLog:FlowLog": "logDestination",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "logDestinationConfigs",
    "aws:ecs/cluster:Cluster": "configuration",
}
"""What writes audit data to a log group, and the property that names it."""


def _takes_audit(context: Context, group: Resource) -> bool:
    ways = reach(context)
    return any(ways.linking(group, type_, property_) for type_, property_ in AUDITS.items())


@control(
    id="CW-02",
    title="Log groups say how long they keep what they hold; audit logs a year at least",
    severity="high",
    family="log_group",
    rationale="Left out, logs are kept for ever; a break-in is found after 200 days, and then the log must be there.",
    remediation="`retention_in_days=365`",
    requirements=published("CloudWatch.16°", pci="10.5.1p", nist="AU-11"),
    parameters=(Parameter("audit_days", 365, 365, 3653, "days"),),
)
def retention_is_chosen(resource: Resource, context: Context) -> Outcome:
    """Retention written out; a year where the tags say audit, or a trail, flow log, firewall or shell writes to it."""
    audit = tags(context, resource).get("data-classification") == "audit" or _takes_audit(context, resource)
    least = context.parameter("audit_days") if audit else 1
    message = "keeps audit logs too short a time" if audit else "does not say how long it keeps logs"
    return must(context, resource, "retentionInDays", lambda value: number(value) >= least, message)
