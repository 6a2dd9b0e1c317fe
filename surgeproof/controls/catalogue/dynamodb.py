"""Controls of DynamoDB tables."""

from __future__ import annotations

from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, customer_key, entry, is_true, items, must
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, passed, unknown
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

TARGET = "aws:appautoscaling/target:Target"


@control(
    id="DDB-01",
    title="Tables and their replicas are encrypted with a customer key",
    severity="high",
    family="table",
    rationale="DynamoDB's own key lets everybody read who may read the table.",
    remediation="`server_side_encryption={'enabled': True, 'kms_key_arn': key.arn}`",
    requirements=published(pci="3.5.1p", nist="SC-28"),
)
def table_has_customer_key(resource: Resource, context: Context) -> list[Outcome]:
    """SSE on with a key of one's own, in each region."""
    replicas = items(context, resource, "replicas")
    if replicas is None:
        more = [unknown("its replicas are not known", property="replicas")]
    else:
        bare = [item for item in replicas if item is not UNKNOWN and not entry(item, "kmsKeyArn")]
        more = [failed("a replica has no customer key", property="replicas")] if bare else []
    sse = "serverSideEncryption"
    return all_of(
        must(context, resource, f"{sse}.enabled", is_true, "is not encrypted with a customer key"),
        customer_key(context, resource, f"{sse}.kmsKeyArn", "has no customer key"),
        *more,
    )


@control(
    id="DDB-02",
    title="Tables can be restored to any second and cannot be deleted by mistake",
    severity="med",
    family="table",
    rationale="A bad deployment writes wrong items faster than a nightly backup helps.",
    remediation="`point_in_time_recovery={'enabled': True}, deletion_protection_enabled=True`",
    requirements=published("DynamoDB.2 DynamoDB.6", pci="10.3.3c", nist="CP-9"),
)
def table_is_kept(resource: Resource, context: Context) -> list[Outcome]:
    """Point-in-time recovery and deletion protection."""
    return all_of(
        must(context, resource, "pointInTimeRecovery.enabled", is_true, "cannot be restored to a point in time"),
        must(context, resource, "deletionProtectionEnabled", is_true, "can be deleted"),
    )


@control(
    id="DDB-03",
    title="Tables take what comes: on demand, or scaled for reads and for writes",
    severity="med",
    family="table",
    rationale="A table with fixed capacity refuses orders the moment the launch is a success.",
    remediation="`billing_mode='PAY_PER_REQUEST'`, or an `aws.appautoscaling.Target` for each dimension",
    requirements=published("DynamoDB.1", nist="CP-10"),
)
def table_scales(resource: Resource, context: Context) -> Outcome:
    """On demand, or a scaling target for reads and one for writes."""
    mode = context.value(resource, "billingMode")
    if mode is UNKNOWN:
        return unknown("how it is billed is not known", property="billingMode")
    if mode == "PAY_PER_REQUEST":
        return passed()
    name = resource.outputs.get("name") or resource.inputs.get("name")
    targets = reach(context).linking(resource, TARGET, "resourceId") or [
        item for item in context.graph.of_type(TARGET) if item.inputs.get("resourceId") == f"table/{name}"
    ]
    scaled = {context.value(item, "scalableDimension") for item in targets}
    missing = [what for what in ("Read", "Write") if f"dynamodb:table:{what}CapacityUnits" not in scaled]
    if missing:
        return failed(f"does not scale its {' and '.join(missing).lower()} capacity", property="billingMode")
    return passed()
