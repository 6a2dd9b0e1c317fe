"""Web ACLs keep what moto drops: which parts of a request are taken out of their logs."""

from __future__ import annotations

import json
from typing import Any

from moto.wafv2 import models
from moto.wafv2.responses import WAFV2Response

KEPT = ("DataProtectionConfig", "OnSourceDDoSProtectionConfig", "ApplicationConfig")
"""Members of CreateWebACL and UpdateWebACL that GetWebACL tells again."""


def install() -> None:
    """Let web ACLs keep these members, and tell them."""
    moto_create, moto_update = WAFV2Response.create_web_acl, WAFV2Response.update_web_acl
    moto_tell = models.FakeWebACL.to_dict

    def keep(self: WAFV2Response, identity: str) -> None:
        body = json.loads(self.body)
        for acl in self.wafv2_backend.wacls.values():
            if acl.id == identity:
                vars(acl)["kept"] = {name: body[name] for name in KEPT if name in body}

    def create_web_acl(self: WAFV2Response) -> Any:
        answer = moto_create(self)
        keep(self, json.loads(answer[2])["Summary"]["Id"])
        return answer

    def update_web_acl(self: WAFV2Response) -> Any:
        answer = moto_update(self)
        keep(self, json.loads(self.body)["Id"])
        return answer

    def to_dict(self: models.FakeWebACL) -> dict[str, Any]:
        return {**moto_tell(self), **vars(self).get("kept", {})}

    for name, method in {"create_web_acl": create_web_acl, "update_web_acl": update_web_acl}.items():
        setattr(WAFV2Response, name, method)
    told: dict[str, Any] = {"to_dict": to_dict}
    for name, method in told.items():
        setattr(models.FakeWebACL, name, method)
