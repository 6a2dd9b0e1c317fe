"""What a service is told by its environment, and what it may do in AWS."""

from __future__ import annotations

from dataclasses import dataclass, field

import pulumi

from infra import policies
from infra.components import database
from infra.components.encryption import DataClass
from infra.foundation import Foundation
from infra.policies import Statement
from infra.settings import Settings
from infra.stores import Stores


@dataclass(frozen=True)
class Wiring:
    """How a service is joined to the stores.

    Attributes:
        environment: Variables.
        secrets: Variable to the ARN of the secret that it is filled from.
        statements: What its task role allows.
    """

    environment: dict[str, pulumi.Input[str]]
    secrets: dict[str, pulumi.Input[str]]
    statements: list[Statement] = field(default_factory=list)


def wire(service: str, settings: Settings, foundation: Foundation, stores: Stores, region: str) -> Wiring:
    """Wiring of a web service (bus, cache, payments) or of a worker (its queue); both have the database."""
    wiring = wire_job(settings, foundation, stores, region)
    queue = stores.queues.get(service)
    scaling = settings.services[service].scaling.queue
    if queue is not None and scaling is not None:
        wiring.environment["ORDER_QUEUE_URL"] = queue.queue.url
        wiring.environment["PROCESSING_TIME"] = f"{scaling.processing_time:g}"
        wiring.statements.extend(
            (
                # SQS opens messages as the receiver, with the receiver's permission on the key.
                policies.allow("OpenMessages", ["kms:Decrypt"], [foundation.keys.arn(DataClass.ORDERS)]),
                policies.allow(
                    "WorkOffQueue",
                    [
                        "sqs:ChangeMessageVisibility",
                        "sqs:DeleteMessage",
                        "sqs:GetQueueAttributes",
                        "sqs:ReceiveMessage",
                    ],
                    [queue.queue.arn],
                ),
            )
        )
    return wiring


def wire_job(settings: Settings, foundation: Foundation, stores: Stores, region: str) -> Wiring:
    """What every program is told: database, cache, bus, payments."""
    host = stores.database.endpoint
    environment: dict[str, pulumi.Input[str]] = {
        "AWS_REGION": region,
        "DATABASE_URL": pulumi.Output.format(
            "postgresql://{0}:{1}/{2}?sslmode=require", host, database.PORT, settings.database.name
        ),
        # RDS changes the password while tasks run: a new connection that is refused reads it anew from here.
        "DATABASE_SECRET_ARN": stores.database.secret_arn,
        "CACHE_URL": stores.cache.url,
        # What the token that logs in is signed for.
        "CACHE_NAME": stores.cache.replication_group.id,
        "EVENT_BUS_NAME": stores.bus.bus.name,
        "PAYMENT_LATENCY_MS": f"{settings.payment.latency * 1000:g}",
        "PAYMENT_DECLINE_RATE": f"{settings.payment.decline_rate:g}",
    }
    statements = [
        policies.allow("PublishEvents", ["events:PutEvents"], [stores.bus.bus.arn]),
        stores.cache.statement,
        policies.allow("RenewLogin", ["secretsmanager:GetSecretValue"], [stores.database.secret_arn]),
        policies.allow(
            "OpenLogin",
            ["kms:Decrypt"],
            [foundation.keys.arn(DataClass.ORDERS)],
            condition={"StringEquals": {"kms:ViaService": f"secretsmanager.{region}.amazonaws.com"}},
        ),
    ]
    return Wiring(environment, {"DATABASE_SECRET": stores.database.secret_arn}, statements)
