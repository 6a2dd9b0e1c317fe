"""DashboardSet: dashboards from their bodies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.components.component import Component, Transforms, component_options


@dataclass(frozen=True, kw_only=True)
class DashboardSetArgs:
    """What a DashboardSet is made from.

    Attributes:
        bodies: Body of each dashboard by its name; what is not known yet may stand anywhere in it.
        transform: Changes to children.
    """

    bodies: Mapping[str, Mapping[str, Any]]
    transform: Transforms | None = None


class DashboardSet(Component):
    """CloudWatch dashboards, named after the stack and what they show."""

    def __init__(self, name: str, args: DashboardSetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:DashboardSet", name, {}, component_options(name, opts, args.transform))
        for key, body in args.bodies.items():
            aws.cloudwatch.Dashboard(
                f"{name}-{key}",
                dashboard_name=f"{name}-{key}",
                dashboard_body=pulumi.Output.json_dumps(dict(body), sort_keys=True),
                opts=self._child(),
            )
        self._done({})
