"""Hosted zones that a program only names: they lie in the real account, and not in this one."""

from __future__ import annotations

from typing import Any

from moto.route53 import models


def install() -> None:
    """Let a record be written into a zone that is not here: the zone is made, without a name of its own."""
    make_zone: Any = models.FakeZone
    moto_change = models.Route53Backend.change_resource_record_sets

    def change_resource_record_sets(
        self: models.Route53Backend, zoneid: str, change_list: list[dict[str, Any]]
    ) -> None:
        identity = zoneid.replace("/hostedzone/", "")
        if identity not in self.zones:
            self.zones[identity] = make_zone(
                name=".", id_=identity, private_zone=False, caller_reference=identity, comment="named by the program"
            )
        moto_change(self, zoneid, change_list)

    methods: dict[str, Any] = {"change_resource_record_sets": change_resource_record_sets}
    for name, method in methods.items():
        setattr(models.Route53Backend, name, method)
