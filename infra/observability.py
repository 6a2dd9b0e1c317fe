"""Observability: the launch's alarms, dashboards and canary, from what the stack has and what the plan asks."""

from __future__ import annotations

import pulumi

from infra import canary_package, dashboards
from infra.account import Account
from infra.components.alarm_board import AlarmBoard, AlarmBoardArgs
from infra.components.alerts import Alerts
from infra.components.checkout_canary import CheckoutCanary, CheckoutCanaryArgs
from infra.components.component import Component
from infra.components.dashboard_set import DashboardSet, DashboardSetArgs
from infra.components.encryption import DataClass
from infra.components.log_masking import LogMasking, LogMaskingArgs
from infra.foundation import Foundation
from infra.launch_alarms import canary_alarm
from infra.settings import Settings
from infra.shop_watch import Shop, dead_letter_alarms, shop_alarms, shop_view
from surgeproof.launch.plan import LaunchPlan


class Observability(Component):
    """What tells, before shoppers do, that the shop is in trouble.

    Attributes:
        board: The alarms.
        canary: The robot; None where none is asked for.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        account: Account,
        foundation: Foundation,
        shop: Shop,
        alerts: Alerts,
        plan: LaunchPlan | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("surgeproof:platform:Observability", name, {}, opts)
        self.canary = self._canary(name, settings, account, foundation, shop)
        specs = [*shop_alarms(shop, settings, plan), *dead_letter_alarms(shop)]
        asked = settings.observability.canary
        if self.canary is not None and asked is not None:
            specs.append(canary_alarm(self.canary.canary.name, asked.every))
        self.board = AlarmBoard(
            f"{name}-alarms", AlarmBoardArgs(specs=specs, topic=alerts.operations), opts=self._child()
        )
        view = shop_view(
            shop,
            settings,
            plan,
            title=name,
            region=account.region,
            alarm_arns=[self.board.launch.arn, *(alarm.arn for alarm in self.board.alarms.values())],
            canary=self.canary.canary.name if self.canary else None,
        )
        DashboardSet(
            name,
            DashboardSetArgs(
                views={"launch": dashboards.launch_view(view), "business": dashboards.business_view(view)}
            ),
            opts=self._child(),
        )
        LogMasking(
            f"{name}-masking",
            LogMaskingArgs(account=account, groups=shop.log_groups),
            opts=self._child(),
        )
        self._done({"launch_alarm": self.board.launch.arn})

    def _canary(
        self, name: str, settings: Settings, account: Account, foundation: Foundation, shop: Shop
    ) -> CheckoutCanary | None:
        asked = settings.observability.canary
        if asked is None:
            return None
        return CheckoutCanary(
            f"{name}-canary",
            CheckoutCanaryArgs(
                account=account,
                url=asked.url or shop.url,
                settings=asked,
                package=canary_package.package(),
                key=foundation.keys.arn(DataClass.LOGS),
                access_log_bucket=foundation.access_logs.bucket.id,
                keep=settings.keeps_data,
            ),
            opts=self._child(),
        )
