"""AccountWatch: who watches the account, who is told, and what shuts it: Config, GuardDuty, Security Hub, CIS alarms, S3."""

from __future__ import annotations

import pulumi

from infra import security_events
from infra.account import Account
from infra.components.account_privacy import AccountPrivacy
from infra.components.alerts import Alerts
from infra.components.cis_alarms import CisAlarms, CisAlarmsArgs
from infra.components.component import Component
from infra.components.config_recorder import ConfigRecorder, ConfigRecorderArgs
from infra.components.encryption import DataClass
from infra.components.event_alerts import EventAlerts, EventAlertsArgs
from infra.components.threat_detection import ThreatDetection, ThreatDetectionArgs
from infra.foundation import Foundation
from infra.settings import Settings


class AccountWatch(Component):
    """What the stack owns of the account's watchers; the rules and alarms are there whoever owns them.

    Attributes:
        events: The rules, and the queue of what they could not deliver.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        account: Account,
        foundation: Foundation,
        alerts: Alerts,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("surgeproof:platform:AccountWatch", name, {}, opts)
        services, keep = settings.account_services, settings.keeps_data
        log_key = foundation.keys.arn(DataClass.LOGS)
        if services.config_recorder == "create":
            ConfigRecorder(
                f"{name}-config",
                ConfigRecorderArgs(
                    account=account,
                    key=log_key,
                    access_log_bucket=foundation.access_logs.bucket.id,
                    retention_days=settings.audit.retention_days,
                    create_role=services.config_role == "create",
                    pack=services.conformance_pack,
                    keep=keep,
                ),
                opts=self._child(),
            )
        ThreatDetection(
            f"{name}-threats",
            ThreatDetectionArgs(
                account=account,
                guardduty=services.guardduty == "create",
                security_hub=services.security_hub == "create",
                access_analyzer=services.access_analyzer == "create",
                inspector=services.inspector == "create",
                keep=keep,
            ),
            opts=self._child(),
        )
        if services.public_access_block == "create":
            AccountPrivacy(f"{name}-privacy", keep=keep, opts=self._child())
        if foundation.audit is not None:
            CisAlarms(
                f"{name}-cis",
                CisAlarmsArgs(group=foundation.audit.group, topic=alerts.security),
                opts=self._child(),
            )
        self.events = EventAlerts(
            f"{name}-events",
            EventAlertsArgs(
                topic=alerts.security,
                key=log_key,
                patterns={
                    "silenced": security_events.silenced_pattern(),
                    "guardduty": security_events.guardduty_pattern(),
                    "security-hub": security_events.security_hub_pattern(),
                },
                keep=keep,
            ),
            opts=self._child(),
        )
        self._done({})
