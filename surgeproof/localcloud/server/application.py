"""The WSGI application: the server's own endpoints, and moto for all that is AWS."""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any

from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from surgeproof.localcloud.server import (
    added_account,  # noqa: F401 - importing registers its operations
    added_operations,
    added_safekeeping,  # noqa: F401
    cloudfront,
    composite_alarms,
    control,
    ecs,
    elasticache,
    elb,
    elb_capacity,
    events,
    fast_path,
    guardduty,
    iam_oidc,
    log_groups,
    managed_policies,
    rds,
    route53,
    s3,
    scaling_activities,
    scaling_policies,
    sqs,
    wafv2,
)

PRELOADED: tuple[Any, ...] = (
    "sts", "ec2", "kms", "s3", "iam", "logs", "sqs", "events", "cloudwatch", "secretsmanager", "acm", "elbv2", "rds",
    "elasticache", "ecs", "wafv2", "cloudfront", "route53", "cloudtrail", "applicationautoscaling",
    "sns", "config", "guardduty", "securityhub", "backup", "inspector2",
)  # fmt: skip
"""Services whose code is loaded while the caller still loads Pulumi, in about the order in which a program needs them."""

PARTS = (
    sqs, events, s3, elb, ecs, rds, scaling_activities, scaling_policies, cloudfront, elb_capacity, iam_oidc, route53, wafv2, composite_alarms,
    guardduty, log_groups, managed_policies, elasticache,
)  # fmt: skip
"""What changes moto."""


class EmbeddedAwsApplication:
    """Dispatches requests by path and by the service in their signature."""

    def __init__(self, region: str) -> None:
        for part in PARTS:
            part.install()
        self._region = region
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._first_use: dict[str, Any] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("PATH_INFO", "").startswith(control.PREFIX):
            return control.answer(environ, start_response)
        for here in (fast_path, added_operations):
            answered = here.answer(environ, start_response)
            if answered is not None:
                return answered
        return self._moto(environ, start_response)

    def preload(self) -> None:
        """Load the services in a thread of its own, so that nobody waits for it who does not need them yet."""
        threading.Thread(target=self._preload, name="preload", daemon=True).start()

    def _preload(self) -> None:
        try:
            for service in PRELOADED:
                importlib.import_module(f"moto.{service}.responses")
                backends = get_backend(service)
                account = backends[DEFAULT_ACCOUNT_ID]
                account["aws" if service in {"iam", "sts", "s3", "cloudfront", "route53"} else self._region]
                with self._moto.lock:
                    if service not in self._moto.app_instances:
                        self._moto.app_instances[service] = create_backend_app(service)
        except Exception:
            logging.getLogger(__name__).exception("preloading stopped; services load on their first call")
        finally:
            control.preloading_is_over()
