"""CloudFront's policies and VPC origins, which moto lacks: kept as they were written, and told again."""

from __future__ import annotations

import re
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.cloudfront import models, urls
from moto.cloudfront.exceptions import CloudFrontException
from moto.cloudfront.responses import CloudFrontResponse
from moto.core.responses import ActionResult, EmptyResult


class MissingError(CloudFrontException):
    """What is asked for is not there."""

    def __init__(self, code: str, kind: str) -> None:
        super().__init__(f"The specified {kind} does not exist.")
        self.code = code
        self.status = 404


class StaleError(CloudFrontException):
    """The state that a change was made for is not there any more."""

    def __init__(self) -> None:
        super().__init__("The If-Match version is missing or not valid for the resource.")
        self.code = "PreconditionFailed"
        self.status = 412


def _etag() -> str:
    return uuid.uuid4().hex[:13].upper()


@dataclass
class Kept:
    """One configuration.

    Attributes:
        id: Its id.
        config: As it was written.
        etag: Of the state that it is in; a change names it.
        changed: When it was written last.
    """

    id: str
    config: dict[str, Any]
    etag: str = field(default_factory=_etag)
    changed: datetime = field(default_factory=lambda: datetime.now(UTC))


class PolicyKind:
    """One kind of policy: its operations, as methods of moto's response class.

    Args:
        kind: As AWS names it, ``CachePolicy``.
        plural: As its list is named, ``CachePolicies``.
        path: In the API's paths.
        config: Member that holds its configuration.
    """

    missing = "NoSuch{}"

    def __init__(self, kind: str, plural: str, path: str, config: str) -> None:
        self.kind, self.plural, self.path, self.config = kind, plural, path, config
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], Kept] = {}

    def new_id(self) -> str:
        """An id that is free."""
        return str(uuid.uuid4())

    def told(self, kept: Kept, account: str) -> dict[str, Any]:  # noqa: ARG002 - for those that have an ARN
        """It as answers tell it."""
        return {"Id": kept.id, "LastModifiedTime": kept.changed, self.config: kept.config}

    def listed(self, kept: list[Kept], account: str) -> dict[str, Any]:
        """The list as answers tell it."""
        items = [{"Type": "custom", self.kind: self.told(one, account)} for one in kept]
        return {"Quantity": len(items), "MaxItems": 100, "Items": items}

    def deleted(self, kept: Kept, account: str) -> Any:  # noqa: ARG002 - for those that answer it
        """Answer to a deletion."""
        return EmptyResult()

    def _find(self, asked: CloudFrontResponse, *, etag: bool = False) -> Kept:
        kept = self._kept.get((asked.current_account, asked._get_param("Id")))  # noqa: SLF001 - moto's way to ask
        if kept is None:
            raise MissingError(self.missing.format(self.kind), self.kind)
        if etag and asked._get_param("IfMatch") != kept.etag:  # noqa: SLF001
            raise StaleError
        return kept

    def _keep(self, asked: CloudFrontResponse, identity: str) -> ActionResult:
        kept = Kept(identity, asked._get_param(self.config, {}))  # noqa: SLF001
        with self._lock:
            self._kept[asked.current_account, identity] = kept
        return self._answer(asked, kept)

    def _answer(self, asked: CloudFrontResponse, kept: Kept) -> ActionResult:
        location = f"https://cloudfront.amazonaws.com/2020-05-31/{self.path}/{kept.id}"
        return ActionResult(
            {self.kind: self.told(kept, asked.current_account), "ETag": kept.etag, "Location": location}
        )

    def _config_alone(self, asked: CloudFrontResponse) -> ActionResult:
        kept = self._find(asked)
        return ActionResult({self.config: kept.config, "ETag": kept.etag})

    def _delete(self, asked: CloudFrontResponse) -> Any:
        kept = self._find(asked, etag=True)
        with self._lock:
            del self._kept[asked.current_account, kept.id]
        return self.deleted(kept, asked.current_account)

    def _list(self, asked: CloudFrontResponse) -> ActionResult:
        known = [kept for (account, _), kept in self._kept.items() if account == asked.current_account]
        return ActionResult({f"{self.kind}List": self.listed(known, asked.current_account)})

    def install(self) -> None:
        """Add operations and paths to moto's CloudFront."""
        one, many = (re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in (self.kind, self.plural))
        operations: dict[str, Any] = {
            f"create_{one}": lambda asked: self._keep(asked, self.new_id()),
            f"get_{one}": lambda asked: self._answer(asked, self._find(asked)),
            f"get_{one}_config": self._config_alone,
            f"update_{one}": lambda asked: self._keep(asked, self._find(asked, etag=True).id),
            f"delete_{one}": self._delete,
            f"list_{many}": self._list,
        }
        for name, operation in operations.items():
            # A bound method is no descriptor: as a class's attribute it would not be given the instance.
            setattr(CloudFrontResponse, name, lambda asked, operation=operation: operation(asked))
        for pattern in (f"{self.path}$", f"{self.path}/(?P<id>[^/]+)$", f"{self.path}/(?P<id>[^/]+)/config$"):
            urls.url_paths[f"{{0}}/2020-05-31/{pattern}"] = CloudFrontResponse.dispatch


class VpcOriginKind(PolicyKind):
    """VPC origins, which have an ARN and a state, and are listed otherwise."""

    missing = "EntityNotFound"

    def new_id(self) -> str:
        """As AWS makes them."""
        return f"vo_{uuid.uuid4().hex[:22]}"

    def told(self, kept: Kept, account: str) -> dict[str, Any]:
        """Deployed at once."""
        return {**super().told(kept, account), **self._state(kept, account)}

    def _state(self, kept: Kept, account: str) -> dict[str, Any]:
        arn = f"arn:aws:cloudfront::{account}:vpcorigin/{kept.id}"
        return {"Arn": arn, "AccountId": account, "Status": "Deployed", "CreatedTime": kept.changed}

    def listed(self, kept: list[Kept], account: str) -> dict[str, Any]:
        """By name, without the rest of the configuration."""
        items = [
            {
                "Id": one.id,
                "Name": one.config["Name"],
                "OriginEndpointArn": one.config["Arn"],
                "LastModifiedTime": one.changed,
                **self._state(one, account),
            }
            for one in kept
        ]
        return {"Marker": "", "IsTruncated": False, "Quantity": len(items), "MaxItems": 100, "Items": items}

    def deleted(self, kept: Kept, account: str) -> Any:
        """AWS tells what is going."""
        return ActionResult({self.kind: self.told(kept, account), "ETag": kept.etag})


KINDS = (
    PolicyKind("CachePolicy", "CachePolicies", "cache-policy", "CachePolicyConfig"),
    PolicyKind("OriginRequestPolicy", "OriginRequestPolicies", "origin-request-policy", "OriginRequestPolicyConfig"),
    PolicyKind(
        "ResponseHeadersPolicy", "ResponseHeadersPolicies", "response-headers-policy", "ResponseHeadersPolicyConfig"
    ),
    VpcOriginKind("VpcOrigin", "VpcOrigins", "vpc-origin", "VpcOriginEndpointConfig"),
)
"""What moto lacks."""


def install() -> None:
    """Add the operations, and let origins keep what moto drops."""
    for kind in KINDS:
        kind.install()
    moto_origin = models.Origin.__init__

    def keeping(self: models.Origin, origin: dict[str, Any]) -> None:
        moto_origin(self, origin)
        vars(self)["origin_access_control_id"] = origin.get("OriginAccessControlId") or ""
        if origin.get("VpcOriginConfig"):
            vars(self)["vpc_origin_config"] = origin["VpcOriginConfig"]

    methods: dict[str, Any] = {"__init__": keeping}
    for name, method in methods.items():
        setattr(models.Origin, name, method)
