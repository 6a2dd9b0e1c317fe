"""Event buses, rules, targets and archives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surgeproof.graph.live.account import Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import part_or, picked, tags, without_nothing


@reads(
    "aws:cloudwatch/eventBus:EventBus",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/eventTarget:EventTarget",
    calls=(
        "events.list_event_buses",
        "events.describe_event_bus",
        "events.list_tags_for_resource",
        "events.list_rules",
        "events.list_targets_by_rule",
    ),
)
def buses(account: Reading) -> Iterator[Found]:
    """Buses with their rules; of the default bus the rules and the policy, as AWS makes the bus itself."""
    for row in account.rows("events.list_event_buses", "EventBuses"):
        name = row["Name"]
        if name != "default":
            told = account.part("events.describe_event_bus", Name=name)
            key = part_or(told, lambda answer: answer.get("KmsKeyIdentifier"))
            labels = account.part("events.list_tags_for_resource", ResourceARN=row["Arn"])
            found = part_or(labels, lambda answer: tags(answer.get("Tags")), {})
            inputs = without_nothing({"name": name, "kmsKeyIdentifier": key, "tags": found})
            yield Found("aws:cloudwatch/eventBus:EventBus", name, inputs, {"arn": row["Arn"], "name": name})
        if row.get("Policy"):
            policy = {"eventBusName": name, "policy": row["Policy"]}
            yield Found("aws:cloudwatch/eventBusPolicy:EventBusPolicy", name, policy)
        for rule in account.rows("events.list_rules", "Rules", EventBusName=name):
            # What a service keeps for itself: an archive has a rule of its own.
            if not rule.get("ManagedBy") and not rule["Name"].startswith("Events-Archive-"):
                yield from _rule(account, name, rule)


def _rule(account: Reading, bus: str, row: dict[str, Any]) -> Iterator[Found]:
    name = row["Name"]
    inputs = picked(
        row,
        name="Name",
        eventPattern="EventPattern",
        scheduleExpression="ScheduleExpression",
        state="State",
        roleArn="RoleArn",
    )
    rule_id = f"{bus}/{name}"
    labels = account.part("events.list_tags_for_resource", ResourceARN=row["Arn"])
    inputs["tags"] = part_or(labels, lambda answer: tags(answer.get("Tags")), {})
    outputs = {"arn": row["Arn"], "name": name}
    yield Found("aws:cloudwatch/eventRule:EventRule", rule_id, {**inputs, "eventBusName": bus}, outputs)
    for target in account.rows("events.list_targets_by_rule", "Targets", Rule=name, EventBusName=bus):
        given = picked(
            target,
            arn="Arn",
            targetId="Id",
            roleArn="RoleArn",
            deadLetterConfig="DeadLetterConfig",
            retryPolicy="RetryPolicy",
        )
        given |= {"rule": name, "eventBusName": bus}
        # The provider leaves the default bus out of the id.
        target_id = f"{name}-{target['Id']}" if bus == "default" else f"{bus}-{name}-{target['Id']}"
        yield Found("aws:cloudwatch/eventTarget:EventTarget", target_id, given)


@reads("aws:cloudwatch/eventArchive:EventArchive", calls=("events.list_archives", "events.describe_archive"))
def archives(account: Reading) -> Iterator[Found]:
    """Archives of buses."""
    for row in account.rows("events.list_archives", "Archives"):
        name = row["ArchiveName"]
        told = account.part("events.describe_archive", ArchiveName=name)
        inputs = {
            **picked(row, name="ArchiveName", eventSourceArn="EventSourceArn", retentionDays="RetentionDays"),
            "kmsKeyIdentifier": part_or(told, lambda answer: answer.get("KmsKeyIdentifier")),
        }
        arn = {"arn": account.account.arn("events", f"archive/{name}"), "name": name}
        yield Found("aws:cloudwatch/eventArchive:EventArchive", name, without_nothing(inputs), arn)
