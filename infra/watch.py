"""Watch: who is told what, what is kept, and what it may cost. The part of the platform that serves no shopper."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from infra.account import Account
from infra.account_watch import AccountWatch
from infra.components.alerts import Alerts, AlertsArgs
from infra.components.backup import Backup, BackupArgs
from infra.components.budget import Budget, BudgetArgs
from infra.components.component import Component
from infra.components.encryption import DataClass
from infra.foundation import Foundation
from infra.observability import Observability
from infra.settings import Settings
from infra.shop_watch import Shop
from surgeproof.launch.plan import LaunchPlan

COST_TAGS = ("project", "environment", "owner", "cost-center")
"""Tags that bills are split by; the first two together are the stack's alone."""


class Watch(Component):
    """Alerts, the account's watchers, alarms and dashboards, backups, budgets: each where the stack has it.

    Attributes:
        alerts: The topics; None where nothing is watched and nothing budgeted.
        observability: Alarms and dashboards; None where nothing is watched.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        account: Account,
        foundation: Foundation,
        shop: Shop,
        plan: LaunchPlan | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("surgeproof:platform:Watch", name, {}, opts)
        self._name, self._settings, self._account, self._keys = name, settings, account, foundation.keys
        self.alerts: Alerts | None = None
        self.observability: Observability | None = None
        if settings.watched or settings.budget is not None:
            self.alerts = Alerts(
                f"{name}-alerts",
                AlertsArgs(
                    account=account,
                    key=foundation.keys.arn(DataClass.LOGS),
                    emails=settings.alerts.emails,
                    pagers=settings.alerts.pagers,
                ),
                opts=self._child(),
            )
        if settings.watched and self.alerts is not None:
            watch = AccountWatch(f"{name}-account", settings, account, foundation, self.alerts, opts=self._child())
            shop = shop.with_dead_letters({"security-events": watch.events.undelivered})
            self.observability = Observability(
                name, settings, account, foundation, shop, self.alerts, plan, opts=self._child()
            )
        if settings.backed_up:
            self._back_up()
        if settings.budget is not None and self.alerts is not None:
            self._budget(self.alerts, plan)
        self._done({})

    def _back_up(self) -> None:
        backup, keep = self._settings.backup, self._settings.keeps_data
        locked = keep if backup.lock is None else backup.lock
        Backup(
            f"{self._name}-backup",
            BackupArgs(
                account=self._account,
                key=self._keys.arn(DataClass.ORDERS),
                retention_days=backup.retention_days,
                lock_after_days=backup.days_to_think if locked else None,
                copy_to=backup.copy_to,
                keep=keep,
            ),
            opts=self._child(),
        )

    def _budget(self, alerts: Alerts, plan: LaunchPlan | None) -> None:
        budget = self._settings.budget
        if budget is None:
            return
        Budget(
            f"{self._name}-budget",
            BudgetArgs(
                tags=self._cost_tags(),
                topic=alerts.operations,
                admissions=alerts.admissions,
                monthly=budget.monthly,
                launch_day=budget.launch_day,
                launch=plan.launch.date if plan else None,
                anomalies=budget.anomalies,
                anomaly_from=budget.anomaly_from,
                activate_tags=COST_TAGS if budget.activate_tags else (),
            ),
            opts=self._child(),
        )

    def _cost_tags(self) -> Mapping[str, str]:
        """The tags that this stack's resources alone carry, both of them."""
        return {"project": self._settings.prefix, "environment": pulumi.get_stack()}
