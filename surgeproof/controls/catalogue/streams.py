"""Controls of Kinesis streams and delivery streams."""

from __future__ import annotations

from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, customer_key, entry, is_true, must, number
from surgeproof.controls.outcome import Outcome, failed, passed, unknown
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource


@control(
    id="KIN-01",
    title="Streams are encrypted with a customer key and say how long they keep records",
    severity="high",
    family="stream",
    rationale="A stream holds a day or a week of everything that passed.",
    remediation="`encryption_type='KMS', kms_key_id=key.arn, retention_period=24`",
    requirements=published("Kinesis.1 Kinesis.3", pci="3.5.1c 3.2.1p", nist="SC-28"),
)
def stream_is_encrypted(resource: Resource, context: Context) -> list[Outcome]:
    """KMS with a customer key; retention between 24 and 168 hours, written out."""
    return all_of(
        must(context, resource, "encryptionType", lambda value: value == "KMS", "is not encrypted with KMS"),
        customer_key(context, resource, "kmsKeyId", "has no customer key"),
        must(
            context,
            resource,
            "retentionPeriod",
            lambda value: 24 <= number(value) <= 168,
            "does not keep records for 24 to 168 hours, written out",
        ),
    )


@control(
    id="KIN-02",
    title="Delivery streams are encrypted with a customer key and log what they could not deliver",
    severity="high",
    family="firehose",
    rationale="Firehose drops what it cannot deliver, and the audit trail has a hole.",
    remediation="`server_side_encryption={'enabled': True, 'key_type': 'CUSTOMER_MANAGED_CMK', 'key_arn': key.arn}`, "
    "`cloudwatch_logging_options={'enabled': True, ...}`",
    requirements=published("DataFirehose.1", pci="3.5.1j 10.3.3j", nist="SC-28"),
)
def delivery_is_encrypted(resource: Resource, context: Context) -> list[Outcome]:
    """SSE with a customer key (unless a Kinesis stream feeds it), and logging in its destination."""
    sse = "serverSideEncryption"
    fed = isinstance(context.value(resource, "kinesisSourceConfiguration"), dict)
    encrypted = (
        []
        if fed
        else [
            must(context, resource, f"{sse}.enabled", is_true, "is not encrypted"),
            customer_key(context, resource, f"{sse}.keyArn", "has no customer key"),
        ]
    )
    return all_of(*encrypted, _logs(context, resource))


def _logs(context: Context, resource: Resource) -> Outcome:
    for key in resource.inputs:
        if key.endswith("Configuration") and key != "kinesisSourceConfiguration":
            destination = context.value(resource, key)
            if destination is UNKNOWN:
                return unknown(f"{key} is not known", property=key)
            if is_true(entry(entry(destination, "cloudwatchLoggingOptions", {}), "enabled")):
                return passed()
    return failed("does not log what it could not deliver", property="destination")
