"""Controls of KMS keys."""

from __future__ import annotations

from typing import Any

from surgeproof.controls.admission import condition_keys, is_bound, principals
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import Parameter, control
from surgeproof.controls.expectations import all_of, is_false, is_true, must, number
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.policy_document import allows, grants
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

_ADMINISTER = ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion")


@control(
    id="KMS-01",
    title="Keys are rotated at least once a year",
    severity="high",
    family="kms_key",
    rationale="Data under one key for years is lost as a whole when that key leaks.",
    remediation="`enable_key_rotation=True, rotation_period_in_days=365`",
    requirements=published("KMS.4†", pci="3.7.4h", cis="3.6/3.6", nist="SC-12"),
    parameters=(Parameter("days", 365, 90, 365, "days"),),
)
def key_rotates(resource: Resource, context: Context) -> list[Outcome]:
    """Rotation is on, with a period of a year or less; only symmetric keys of this region can rotate."""
    spec = context.value(resource, "customerMasterKeySpec")
    # Where its kind is not known it is judged as AWS's default, which rotates.
    if resource.type != "aws:kms/key:Key" or spec not in {ABSENT, UNKNOWN, "SYMMETRIC_DEFAULT"}:
        return [not_applicable("AWS does not rotate this kind of key")]
    return all_of(
        must(context, resource, "enableKeyRotation", is_true, "is not rotated"),
        must(
            context,
            resource,
            "rotationPeriodInDays",
            lambda value: 0 < number(value) <= context.parameter("days"),
            "is rotated too seldom",
            missing=365,
        ),
    )


@control(
    id="KMS-02",
    title="Key policies say who, and nobody both administers and uses a key",
    severity="crit",
    family="kms_key",
    rationale="Who can change the policy and decrypt needs nobody's consent to read everything.",
    remediation="Separate statements for administering and for using; `kms:CallerAccount` where the principal is `*`.",
    requirements=published("KMS.5", pci="3.6.1.3p 7.2.2p", nist="AC-3 AC-5"),
)
def key_policy_is_narrow(resource: Resource, context: Context) -> list[Outcome]:
    """An explicit policy, no unbounded ``*``, duties separated."""
    places = [resource, *context.companions(resource, "kms_key_policy", by="keyId")]
    documents = [found for item in places if (found := context.document(item, "policy")) is not None]
    if not documents:
        return [failed("has AWS's default policy: whoever IAM allows anything may do everything", property="policy")]
    if UNKNOWN in documents:
        return [unknown("its policy is known only after deployment", property="policy")]
    allowed = [item for document in documents for item in allows(document)]
    everybody = [item for item in allowed if ("AWS", "*") in principals(item) and not _bound(item)]
    texts = ["everybody is let in, of any account"] if everybody else []
    texts += ["a statement lets in all but some"] if any("NotPrincipal" in item for item in allowed) else []
    texts += [f"{name} both administers and decrypts" for name in sorted(_administrators(allowed) & _users(allowed))]
    return all_of(*(failed(text, property="policy") for text in texts))


def _bound(statement: dict[str, Any]) -> bool:
    # kms:ViaService alone bounds the way, but lets other accounts come along it.
    return is_bound(statement) or any(key.startswith("kms:encryptioncontext:") for key in condition_keys(statement))


def _holder(name: str) -> str:
    """A principal by one name: an account's number is its root."""
    return (
        f"the account {name}"
        if name.isdigit()
        else f"the account {name.split(':')[4]}"
        if name.endswith(":root")
        else name
    )


def _administrators(allowed: list[dict[str, Any]]) -> set[str]:
    return {
        _holder(name)
        for item in allowed
        if any(grants(item, action) for action in _ADMINISTER)
        for _, name in principals(item)
    }


def _users(allowed: list[dict[str, Any]]) -> set[str]:
    return {
        _holder(name)
        for item in allowed
        if any(grants(item, action) for action in ("kms:Decrypt", "kms:ReEncryptFrom"))
        for _, name in principals(item)
    }


@control(
    id="KMS-03",
    title="A key cannot be lost by accident",
    severity="high",
    family="kms_key",
    rationale="With the key goes everything that it encrypts, backups as well.",
    remediation="`deletion_window_in_days=30`, `opts=pulumi.ResourceOptions(protect=True)`",
    requirements=published("KMS.3", pci="3.7.5p", nist="SC-12(2)"),
    parameters=(Parameter("days", 14, 14, 30, "days"),),
)
def key_is_kept(resource: Resource, context: Context) -> list[Outcome]:
    """Time to think again before deletion, enabled, and protected in Pulumi."""
    return all_of(
        must(
            context,
            resource,
            "deletionWindowInDays",
            lambda value: number(value) >= context.parameter("days"),
            "is deleted too soon after the wish",
            missing=30,
        ),
        must(context, resource, "isEnabled", lambda value: not is_false(value), "is not enabled"),
        passed() if resource.options.protect else failed("is not protected in Pulumi", property="protect"),
    )
