"""Controls of backups: that every store is in one, and that nobody can shorten them."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from surgeproof.controls.catalogue.s3_buckets import takes_delivered_logs
from surgeproof.controls.catalogue.s3_policies import keeps_audit_logs
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import Parameter, control
from surgeproof.controls.expectations import all_of, customer_key, entry, items, number
from surgeproof.controls.families import FAMILIES
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.placement import in_scope, tags
from surgeproof.controls.policy_document import matches
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource


@control(
    id="BKP-01",
    title="Every store is in a backup",
    severity="high",
    family="backed_up",
    rationale="Snapshots of a database go with the account that is taken over; a vault does not.",
    remediation="`aws.backup.Selection(..., selection_tags=[{'type': 'STRINGEQUALS', 'key': 'backup', 'value': 'daily'}])`, "
    "and the tag `backup: daily` on the store",
    requirements=published("RDS.26° DynamoDB.4°", pci="10.3.3c", nist="CP-9"),
)
def store_is_backed_up(resource: Resource, context: Context) -> Outcome:
    """A selection covers it by ARN, by link or by tag; buckets of logs are kept by their own locks."""
    if resource.type in FAMILIES["bucket"] and (
        takes_delivered_logs(context, resource) or keeps_audit_logs(context, resource) or _holds_logs(context, resource)
    ):
        return not_applicable("keeps logs, which its own lock or lifecycle keeps")
    verdicts = [_covers(context, item, resource) for item in context.family("backup_selection")]
    if True in verdicts:
        return passed()
    if None in verdicts:
        return unknown("what a backup selection takes in is not known", property="tags")
    return failed("no backup selection takes it in, by ARN or by tag", property="tags")


def _holds_logs(context: Context, bucket: Resource) -> bool:
    return tags(context, bucket).get("data-classification") == "logs"


def _covers(context: Context, selection: Resource, store: Resource) -> bool | None:
    if store in context.graph.sources(selection, "notResources"):
        return False
    if store in context.graph.sources(selection, "resources"):
        return True
    arn = store.outputs.get("arn")
    left_out = items(context, selection, "notResources") or []
    if any(isinstance(item, str) and isinstance(arn, str) and matches(item, arn) for item in left_out):
        return False
    named = items(context, selection, "resources")
    by_tag = items(context, selection, "selectionTags")
    if named is None or by_tag is None:
        return None
    own = tags(context, store)
    if any(
        entry(item, "type") == "STRINGEQUALS" and own.get(str(entry(item, "key"))) == entry(item, "value")
        for item in by_tag
    ):
        return True
    covered = any(isinstance(item, str) and isinstance(arn, str) and matches(item, arn) for item in named)
    return covered and _meets(context, selection, own)


def _meets(context: Context, selection: Resource, own: dict[str, str]) -> bool:
    """Whether a store that is named has the tags that the selection asks for besides."""
    conditions = items(context, selection, "conditions") or []
    return all(
        holds(own.get(str(entry(pair, "key")).removeprefix("aws:ResourceTag/"), ""), str(entry(pair, "value")))
        for item in conditions
        if isinstance(item, dict)
        for kind, holds in _CONDITIONS.items()
        for pair in _listed(item.get(kind))
    )


_CONDITIONS: dict[str, Callable[[str, str], bool]] = {
    "stringEquals": lambda tag, value: tag == value,
    "stringLikes": fnmatchcase,
    "stringNotEquals": lambda tag, value: tag != value,
    "stringNotLikes": lambda tag, value: not fnmatchcase(tag, value),
}
"""How a selection asks for a tag; a store without the tag has none of any value."""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


@control(
    id="BKP-02",
    title="Vaults have a customer key and a lock, and keep 35 days; what is in scope is kept in a second region",
    severity="high",
    family="backup_vault",
    rationale="Who breaks in deletes the backups before asking for money.",
    remediation="`kms_key_arn=key.arn`; `aws.backup.VaultLockConfiguration(min_retention_days=35, changeable_for_days=7)`; "
    "`lifecycle={'delete_after': 35}` on each rule",
    requirements=published("Backup.1", pci="3.5.1c 10.3.2c 10.3.3c", nist="CP-9"),
    parameters=(Parameter("days", 35, 35, 3650, "days"),),
)
def vault_is_locked(resource: Resource, context: Context) -> list[Outcome]:
    """Key, lock with a least retention, the retention of each rule that fills it, a copy for card data and audit."""
    locks = context.companions(resource, "backup_vault_lock", by="backupVaultName")
    days = context.parameter("days")
    outcomes = [
        customer_key(context, resource, "kmsKeyArn", "has no customer key"),
        *(_held(context, lock, days) for lock in locks),
    ]
    if not locks:
        outcomes.append(failed("has no lock", property="name"))
    copied = in_scope(context, resource) or tags(context, resource).get("data-classification") == "audit"
    for plan in context.family("backup_plan"):
        rules = items(context, plan, "rules")
        if rules is None:
            outcomes.append(unknown(f"{plan.name}: its rules are not known", property="name"))
            continue
        mine = [rule for rule in rules if _fills(context, plan, rule, resource)]
        short = [rule for rule in mine if 0 <= _after(rule) < days]
        if short:
            outcomes.append(failed(f"{plan.name}: deletes backups before {days:g} days", property="name"))
        if copied and any(not entry(rule, "copyActions") for rule in mine):
            outcomes.append(failed(f"{plan.name}: copies nothing to a second region", property="name"))
    return all_of(*outcomes)


def _held(context: Context, lock: Resource, days: float) -> Outcome:
    least = context.value(lock, "minRetentionDays")
    if least is UNKNOWN:
        return unknown(f"{lock.name}: its least retention is not known", property="name")
    if least is ABSENT or number(least) < days:
        return failed(f"{lock.name}: lets backups be deleted before {days:g} days", property="name")
    return passed()


def _fills(context: Context, plan: Resource, rule: Any, vault: Resource) -> bool:
    name = entry(rule, "targetVaultName")
    known = (vault.id, vault.outputs.get("name"), vault.inputs.get("name"))
    return name in known or (name is UNKNOWN and vault in context.graph.sources(plan, "rules"))


def _after(rule: Any) -> float:
    """Days after which a rule deletes; minus one when it never does."""
    lifecycle = entry(rule, "lifecycle")
    return number(entry(lifecycle, "deleteAfter", -1)) if isinstance(lifecycle, dict) else -1
