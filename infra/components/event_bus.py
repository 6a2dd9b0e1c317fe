"""EventBus: where the shop says what happened, kept in an archive for replay."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.account import Account
from infra.components.component import Component, Transforms, component_options
from infra.errors import SettingsError
from infra.tags import CLASSIFICATION


@dataclass(frozen=True, kw_only=True)
class EventBusArgs:
    """What an EventBus is made from.

    Attributes:
        account: Where it lies.
        key: KMS key of bus and archive; None for AWS's own, which schema discovery asks for.
        archive_days: How long events can be replayed.
        sources: The only event sources that may be put on it, by whoever the policy lets; empty for any.
        schema_discovery: Whether the schema of each event is learnt.
        transform: Changes to children.
    """

    account: Account
    key: pulumi.Input[str] | None
    archive_days: int = 30
    sources: tuple[str, ...] = ()
    schema_discovery: bool = False
    transform: Transforms | None = None


class EventBus(Component):
    """A bus that only this account puts events on, with an archive of all of them.

    Attributes:
        bus: The bus.
    """

    def __init__(self, name: str, args: EventBusArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:EventBus", name, {}, component_options(name, opts, args.transform))
        self.bus = aws.cloudwatch.EventBus(
            name,
            name=name,
            kms_key_identifier=args.key,
            tags={CLASSIFICATION: "orders"},
            opts=self._child(),
        )
        aws.cloudwatch.EventBusPolicy(
            f"{name}-policy",
            event_bus_name=self.bus.name,
            policy=policies.document(
                policies.allow(
                    "OnlyThisAccount",
                    ["events:PutEvents"],
                    self.bus.arn,
                    principal={"AWS": args.account.root()},
                    **({"condition": {"StringEquals": {"events:source": list(args.sources)}}} if args.sources else {}),
                )
            ),
            opts=self._child(),
        )
        archive = names.fit(f"{name}-archive", names.LIMITS["aws:cloudwatch/eventArchive:EventArchive"])
        aws.cloudwatch.EventArchive(
            f"{name}-archive",
            name=archive,
            event_source_arn=self.bus.arn,
            kms_key_identifier=args.key,
            retention_days=args.archive_days,
            opts=self._child(),
        )
        if args.schema_discovery:
            if args.key is not None:
                # EventBridge User Guide, 'Encrypting event buses with KMS keys'.
                raise SettingsError(
                    "needs a bus under AWS's own key: EventBridge learns no schemas of events that it cannot read",
                    path="event_bus.schema_discovery",
                    fix="Set event_bus.key to aws",
                )
            aws.schemas.Discoverer(
                f"{name}-schemas",
                source_arn=self.bus.arn,
                description="Schemas of the shop's events",
                opts=self._child(),
            )
        self._done({"name": self.bus.name, "arn": self.bus.arn})
