"""Controls of Systems Manager: parameters, documents and sessions."""

from __future__ import annotations

import json
from typing import Any

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.errors import DocumentError
from surgeproof.controls.expectations import all_of, customer_key, entry, is_true
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.published import published
from surgeproof.controls.secret_words import looks_secret
from surgeproof.graph.model import Resource

DOCUMENT_TYPE = "aws:ssm/document:Document"


@control(
    id="SSM-01",
    title="Parameters that are secret are encrypted, documents are not public, sessions are kept",
    severity="high",
    family="ssm",
    rationale="A parameter in clear text is read by whoever may list; a session that nobody kept never happened.",
    remediation="`type='SecureString', key_id=key.arn`; no `permissions` to `All`; a session document with "
    "`cloudWatchLogGroupName`, `cloudWatchEncryptionEnabled` and `kmsKeyId`",
    requirements=published("SSM.4 SSM.7", pci="8.3.2j 10.2.1.2j", nist="SC-28"),
)
def managed_safely(resource: Resource, context: Context) -> list[Outcome]:
    """A parameter by its name and type, a document by whom it is shared with and what it keeps."""
    return _document(resource, context) if resource.type == DOCUMENT_TYPE else _parameter(resource, context)


def _parameter(resource: Resource, context: Context) -> list[Outcome]:
    kind = context.value(resource, "type")
    if kind is UNKNOWN:
        return [unknown("its type is not known", property="type")]
    if kind == "SecureString":
        return [customer_key(context, resource, "keyId", "is not encrypted with a customer key")]
    name = str(context.value(resource, "name") or resource.name).rpartition("/")[2].replace("-", "_")
    value = context.value(resource, "value")
    sensitive = "value" in resource.secrets or looks_secret(name, value if isinstance(value, str) else "x")
    if sensitive:
        return [failed("is a secret in clear text", property="type")]
    return [not_applicable("holds nothing secret")]


def _document(resource: Resource, context: Context) -> list[Outcome]:
    permissions = context.value(resource, "permissions")
    if permissions is UNKNOWN:
        return [unknown("whom it is shared with is not known", property="permissions")]
    public = "All" in str(entry(permissions, "accountIds", "")) if isinstance(permissions, dict) else False
    shared = failed("is shared with everybody", property="permissions") if public else passed()
    if context.value(resource, "documentType") != "Session":
        return [shared]
    inputs = _inputs(context, resource)
    if inputs is None:
        return all_of(shared, unknown("what a session keeps is not known", property="content"))
    logged = inputs.get("cloudWatchLogGroupName") and is_true(inputs.get("cloudWatchEncryptionEnabled", True))
    stored = inputs.get("s3BucketName") and is_true(inputs.get("s3EncryptionEnabled", True))
    return all_of(
        shared,
        passed()
        if logged or stored
        else failed("sessions are not kept, or not encrypted where they are", property="content"),
        passed()
        if inputs.get("kmsKeyId")
        else failed("sessions are not encrypted with a customer key", property="content"),
    )


def _inputs(context: Context, resource: Resource) -> dict[str, Any] | None:
    content = context.value(resource, "content")
    if content is UNKNOWN:
        return None
    if isinstance(content, str):
        try:
            content = json.loads(content)
        except ValueError:
            raise DocumentError("is not a JSON document", path="content") from None
    return {} if content is ABSENT or not isinstance(content, dict) else content.get("inputs") or {}
