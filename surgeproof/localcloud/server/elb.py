"""Listeners with a certificate that the program only names: it lies in the real account, and not in this one."""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import JsonRESTError, ServiceException
from moto.elbv2 import models


def install() -> None:
    """Let a listener have a certificate that is not here; one that the program makes is still marked as in use."""
    moto_register = models.register_certificate

    def register_certificate(**named: Any) -> None:
        try:
            moto_register(**named)
        except (JsonRESTError, ServiceException):
            return

    def certificate_exists(self: models.ELBv2Backend, certificate_arn: str) -> bool:  # noqa: ARG001 - moto calls it so
        return True

    vars(models)["register_certificate"] = register_certificate
    changes: dict[str, Any] = {"_certificate_exists": certificate_exists}
    for name, method in changes.items():
        setattr(models.ELBv2Backend, name, method)
