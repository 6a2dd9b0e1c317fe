"""The one model of a stack's settings: what stands under `surgeproof:platform` in Pulumi.<stack>.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from infra.account_services_settings import AccountServicesSettings
from infra.backup_settings import BackupSettings
from infra.budget_settings import BudgetSettings
from infra.edge_settings import EdgeSettings
from infra.event_bus_settings import EventBusSettings
from infra.identity_settings import IdentitySettings
from infra.images_settings import ImagesSettings, must_be_pinned
from infra.job_settings import JobSettings
from infra.load_generator_settings import LoadGeneratorSettings
from infra.observability_settings import AlertSettings, ObservabilitySettings
from infra.program_rules import have_addresses, one_front, sound_programs
from infra.quantities import Cidr, Seconds, Share, complaint
from infra.scaling_settings import Strict
from infra.service_settings import ServiceSettings
from infra.settings_errors import settings_error

ServiceName = str


class Tier(StrEnum):
    """How close to shoppers a stack is: what it may cut corners on. Not its name, and not its size."""

    LOCAL = "local"
    """On one machine only; never in an account."""
    DEV = "dev"
    """In an account, for developers: cheap, and destroy leaves nothing."""
    STAGING = "staging"
    """As production, smaller; what a release is tested on."""
    PRODUCTION = "production"
    """Shoppers buy here."""

    @property
    def ships(self) -> bool:
        """Whether images must be pinned and data kept."""
        return self in {Tier.STAGING, Tier.PRODUCTION}


def _own_name(value: str) -> str:
    if value in {"admin", "postgres", "root"}:
        raise complaint(
            "is a default name, which attackers try first", allowed="any other", fix="Name it after the shop"
        )
    return value


UserName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,15}$"), AfterValidator(_own_name)]
"""A user of the database."""


class NetworkSettings(Strict):
    """The VPC."""

    cidr: Cidr = Field(default="10.20.0.0/16", validate_default=True)
    zones: int = Field(default=3, ge=2, le=3, description="Availability zones")
    nat: Literal["per_zone", "one"] = Field(
        default="per_zone", description="`one` is cheaper, and a zone's failure takes all ways out"
    )
    endpoints: bool = Field(
        default=True,
        description="Interface endpoints, so that tasks reach AWS without the internet; those of S3 and DynamoDB are free, and always there",
    )
    flow_log_retention_days: Literal[30, 90, 365, 400, 731] = 365


class DatabaseSettings(Strict):
    """Aurora PostgreSQL Serverless v2."""

    name: str = Field(default="shop", pattern=r"^[a-z][a-z0-9_]{0,62}$")
    username: UserName = "shop_owner"
    engine_version: str = Field(default="17.5", pattern=r"^\d+\.\d+$")
    instances: int = Field(default=2, ge=1, le=15, description="The writer and its readers, over the zones")
    min_capacity: float = Field(
        default=0.5, ge=0.5, le=256, multiple_of=0.5, description="ACU; one is about 2 GiB of memory"
    )
    max_capacity: float = Field(default=16, ge=1, le=256, multiple_of=0.5, description="ACU")
    backup_retention_days: int = Field(default=35, ge=1, le=35)
    monitoring_interval: Literal[0, 1, 5, 10, 15, 30, 60] = Field(
        default=60, description="Seconds between two readings of the operating system (enhanced monitoring); 0 for none"
    )
    rotation_days: int | None = Field(
        default=None, ge=1, le=90, description="Days until the password is changed; RDS itself does so every 7"
    )
    proxy: bool = Field(
        default=False, description="RDS Proxy before it: fewer connections, and a failover that takes seconds"
    )

    @model_validator(mode="after")
    def _has_room(self) -> DatabaseSettings:
        if self.min_capacity > self.max_capacity:
            raise complaint(
                f"is above max_capacity ({self.max_capacity:g})", fix="Raise max_capacity", at="min_capacity"
            )
        return self


class CacheSettings(Strict):
    """Valkey."""

    engine_version: str = Field(default="8.0", pattern=r"^\d+\.\d+$")
    node_type: str = Field(default="cache.t4g.small", pattern=r"^cache\.[a-z0-9]+\.[a-z0-9]+$")
    replicas: int = Field(default=1, ge=1, le=5, description="Copies in other zones, one of which takes over")
    snapshot_retention_days: int = Field(default=7, ge=0, le=35)


class QueueSettings(Strict):
    """The order queue."""

    max_receives: int = Field(
        default=5, ge=3, le=10, description="Deliveries until a message goes to the dead-letter queue"
    )
    retention_days: int = Field(default=4, ge=1, le=14)
    fifo: bool = Field(
        default=False,
        description="Each message once and in order; all that the bus sends is one order, worked off in turn",
    )


class PaymentSettings(Strict):
    """The card gateway simulator."""

    latency: Seconds = Field(default=0.15)
    decline_rate: Share = Field(default=0.02, description="Share of payments that are declined")


class AuditSettings(Strict):
    """What is written down about the account, and for how long."""

    trail: bool = Field(
        default=True, description="CloudTrail of all regions; off only where the account has one already"
    )
    retention_days: int = Field(default=400, ge=1, le=3653, description="Object Lock of the audit bucket and its logs")
    lock: Literal["compliance", "governance", "none"] = Field(
        default="compliance", description="Object Lock: nobody, or only a few, can shorten it"
    )


class TagSettings(Strict):
    """Cost and ownership; on every resource that takes tags."""

    owner: str = Field(min_length=1)
    cost_center: str = Field(min_length=1)


class Settings(Strict):
    """A stack. What belongs to the launch (date, curve, gates, pre-warm) stands in the launch plan and not here."""

    tier: Tier
    prefix: str = Field(
        default="shop", pattern=r"^[a-z](-?[a-z0-9]){1,20}$", max_length=21, description="Start of all names in AWS"
    )
    launch_plan: str | None = Field(
        default=None, description="Path of the plan from the project's root; its pre-warm becomes scheduled actions"
    )
    plan_overrides: dict[str, Any] = Field(
        default_factory=dict, description="Path in the plan to value, as `--set` gives them"
    )
    tags: TagSettings
    network: NetworkSettings = NetworkSettings()
    audit: AuditSettings = AuditSettings()
    database: DatabaseSettings = DatabaseSettings()
    cache: CacheSettings = CacheSettings()
    queue: QueueSettings = QueueSettings()
    event_bus: EventBusSettings = EventBusSettings()
    edge: EdgeSettings = EdgeSettings()
    identity: IdentitySettings = IdentitySettings()
    images: ImagesSettings = ImagesSettings()
    load_generators: LoadGeneratorSettings | None = Field(
        default=None, description="Locust on Fargate; left out, the stack has none"
    )
    payment: PaymentSettings = PaymentSettings()
    account_services: AccountServicesSettings = AccountServicesSettings()
    alerts: AlertSettings = AlertSettings()
    observability: ObservabilitySettings = ObservabilitySettings()
    backup: BackupSettings = BackupSettings()
    budget: BudgetSettings | None = Field(default=None, description="Left out: nobody is told what it costs")
    services: dict[ServiceName, ServiceSettings] = Field(min_length=1)
    jobs: dict[ServiceName, JobSettings] = Field(
        default_factory=dict, description="Programs that are started at set times and end by themselves"
    )

    def regions(self, home: str) -> list[str]:
        """Where the stack makes anything: its own region, us-east-1 for what is global, and that of the backups' copies."""
        copies = [self.backup.copy_to] if self.backed_up and self.backup.copy_to else []
        return list(dict.fromkeys([home, "us-east-1", *copies]))

    @property
    def keeps_data(self) -> bool:
        """Whether deletion is protected and last snapshots are kept."""
        return self.tier.ships

    @property
    def watched(self) -> bool:
        """Whether alarms, dashboards and the account's watchers are deployed: wherever the stack goes to an account."""
        enabled = self.observability.enabled
        return self.tier is not Tier.LOCAL if enabled is None else enabled

    @property
    def handles_cards(self) -> bool:
        """Whether any program sees card numbers."""
        return any(program.handles_cards for program in [*self.services.values(), *self.jobs.values()])

    @property
    def backed_up(self) -> bool:
        """Whether what is tagged for it is backed up."""
        return self.tier.ships if self.backup.enabled is None else self.backup.enabled

    @model_validator(mode="after")
    def _has_one_front(self) -> Settings:
        one_front(self.services)
        have_addresses(self.services, self.jobs, vpc=self.network.cidr, zones=self.network.zones)
        return self

    @model_validator(mode="after")
    def _ships_safely(self) -> Settings:
        sound_programs(self.services, self.jobs, ships=self.tier.ships)
        if self.tier.ships and not self.edge.speaks_https:
            raise complaint(
                f"{self.tier} must speak HTTPS",
                allowed="the ARN of an ACM certificate",
                fix="Add edge.certificate_arn, or edge.domain and edge.hosted_zone_id",
                at="edge.certificate_arn",
            )
        if self.tier.ships and self.database.instances < 2:
            raise complaint(
                f"leaves {self.tier} without a database to fail over to", allowed="2 or more", at="database.instances"
            )
        return self

    @model_validator(mode="after")
    def _suits_an_account(self) -> Settings:
        if self.budget is not None:
            self.budget.agrees(self.tags.cost_center, planned=self.launch_plan is not None)
        if self.tier is not Tier.LOCAL:
            self.account_services.asked(self.tier)
            for kind, programs in (("services", self.services), ("jobs", self.jobs)):
                for name, program in programs.items():
                    must_be_pinned(program.image, by_digest=self.tier.ships, at=f"{kind}.{name}.image")
            if self.load_generators is not None:
                must_be_pinned(self.load_generators.image, by_digest=False, at="load_generators.image")
        return self


def load_settings(values: Mapping[str, Any], *, stack: str) -> Settings:
    """Parse a stack's settings.

    Args:
        values: The nested value of `surgeproof:platform`.
        stack: Name of the stack, for the message.

    Raises:
        SettingsError: The first thing that is wrong: path of the field, what was given, what is allowed, the mend.
    """
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise settings_error(error, values, Settings, stack=stack) from None


def settings_schema() -> dict[str, Any]:
    """JSON Schema of a stack file, for editors: the settings under `config` and `surgeproof:platform`."""
    settings = Settings.model_json_schema(ref_template="#/$defs/{model}")
    definitions = settings.pop("$defs", {})
    scaling = definitions["Scaling"]
    scaling["properties"]["range"] = {
        "type": "string",
        "pattern": r"^\s*\d+\s*-\s*\d+\s*$",
        "description": "Shorthand for min_tasks and max_tasks: 2-20",
    }
    scaling["required"] = [key for key in scaling.get("required", []) if key not in {"min_tasks", "max_tasks"}]
    scaling["anyOf"] = [{"required": ["min_tasks", "max_tasks"]}, {"required": ["range"]}]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of a stack (Pulumi.<stack>.yaml)",
        "type": "object",
        "properties": {
            "config": {"type": "object", "properties": {"surgeproof:platform": {"$ref": "#/$defs/Settings"}}}
        },
        "$defs": {**definitions, "Settings": settings},
    }
