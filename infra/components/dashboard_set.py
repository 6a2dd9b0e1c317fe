"""DashboardSet: dashboards from their bodies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.components.component import Component, Transforms, component_options


@dataclass(frozen=True, kw_only=True)
class DashboardSetArgs:
    """What a DashboardSet is made from.

    Attributes:
        views: Bodies by what they show, of more than one dashboard where one is too small; what is not known yet may
            stand anywhere in them.
        transform: Changes to children.
    """

    views: Mapping[str, Sequence[Mapping[str, Any]]]
    transform: Transforms | None = None


class DashboardSet(Component):
    """CloudWatch dashboards, named after the stack and what they show."""

    def __init__(self, name: str, args: DashboardSetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:DashboardSet", name, {}, component_options(name, opts, args.transform))
        for view, bodies in args.views.items():
            for number, body in enumerate(bodies, 1):
                key = view if number == 1 else f"{view}-{number}"
                aws.cloudwatch.Dashboard(
                    f"{name}-{key}",
                    dashboard_name=f"{name}-{key}",
                    dashboard_body=pulumi.Output.json_dumps(dict(body), sort_keys=True),
                    opts=self._child(),
                )
        self._done({})
