"""CloudFront's cache, origin request and response headers policies, its VPC origins and origin access controls."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.cloudfront_lists import counted, uncounted
from surgeproof.localcloud.handlers.describe import unless_gone


class _Configured(Handler):
    """Something of CloudFront's that is one configuration, with an etag for each of its states.

    Attributes:
        member: Member of calls and answers that holds it.
        config: Member of that which holds the configuration.
        wrapped: Input that holds the whole configuration; "" where the inputs are the configuration.
        numbered: Names of the inputs of a configuration whose lists have their length beside them.
    """

    kept = "extended"
    note = "Our server keeps it: moto has none."
    member: ClassVar[str] = ""
    config: ClassVar[str] = ""
    wrapped: ClassVar[str] = ""
    computed = ("etag",)

    def _request(self, account: Account, inputs: Inputs) -> dict[str, Any]:
        given = (
            inputs[self.wrapped] if self.wrapped else {k: v for k, v in inputs.items() if k not in {"region", "tags"}}
        )
        model = account.client("cloudfront").meta.service_model
        shape = model.shape_for(self.config)
        told = {self.config: counted(shape, given)}
        tags = {"tags": inputs["tags"]} if inputs.get("tags") else {}
        _, request = account.request(
            self.calls[0], {**told, **tags}, renamed=self.renamed, leave_out=self._untagged(), type_token=self.token
        )
        if isinstance(request.get("Tags"), list):
            request["Tags"] = {"Items": request["Tags"]}
        return request

    def _untagged(self) -> tuple[str, ...]:
        return ("tags",)

    def _outputs(self, account: Account, inputs: Inputs, identity: str, answer: dict[str, Any]) -> Inputs:
        arn = account.arn("cloudfront", f"{self.arn_kind}/{identity}", regional=False)
        return {**self.outputs(account, inputs), "arn": arn, "etag": answer["ETag"]}

    arn_kind: ClassVar[str] = ""

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is AWS's."""
        service, operation = self.calls[0].split(".")
        answer = getattr(account.client(service), operation)(**self._request(account, inputs))
        identity = answer[self.member]["Id"]
        return identity, self._outputs(account, inputs, identity, answer)

    def _now(self, account: Account, identity: str) -> dict[str, Any] | None:
        operation = self.calls[1].split(".")[1]
        return unless_gone(getattr(account.client("cloudfront"), operation), Id=identity)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its configuration as it is now."""
        answer = self._now(account, identity)
        if answer is None:
            return None
        config = answer[self.member][self.config]
        if self.wrapped:
            asked = inputs.get(self.wrapped, {})
            now = self.seen(account, identity, inputs, {self.wrapped: uncounted(asked, config)})
        else:
            now = self.seen(account, identity, inputs, uncounted(inputs, config))
        return now, self._outputs(account, now, identity, answer)

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Write the new configuration in the place of the old."""
        request = self._request(account, inputs)
        request.pop("Tags", None)
        answer = self._now(account, existing.identity) or {}
        operation = self.calls[2].split(".")[1]
        changed = getattr(account.client("cloudfront"), operation)(
            Id=existing.identity, IfMatch=answer.get("ETag", ""), **request
        )
        return self._outputs(account, inputs, existing.identity, changed)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        answer = self._now(account, existing.identity)
        if answer is not None:
            operation = self.calls[3].split(".")[1]
            getattr(account.client("cloudfront"), operation)(Id=existing.identity, IfMatch=answer["ETag"])


@handles("aws:cloudfront/cachePolicy:CachePolicy")
class CachePolicy(_Configured):
    """What CloudFront keeps, by what, and how long."""

    calls = (
        "cloudfront.create_cache_policy",
        "cloudfront.get_cache_policy",
        "cloudfront.update_cache_policy",
        "cloudfront.delete_cache_policy",
    )
    name_prop = "name"
    name_length = 128
    defaults: ClassVar = {"defaultTtl": 86400, "maxTtl": 31536000, "minTtl": 0}
    member, config, arn_kind = "CachePolicy", "CachePolicyConfig", "cache-policy"


@handles("aws:cloudfront/originRequestPolicy:OriginRequestPolicy")
class OriginRequestPolicy(_Configured):
    """What of a request goes on to the origin."""

    calls = (
        "cloudfront.create_origin_request_policy",
        "cloudfront.get_origin_request_policy",
        "cloudfront.update_origin_request_policy",
        "cloudfront.delete_origin_request_policy",
    )
    name_prop = "name"
    name_length = 128
    member, config, arn_kind = "OriginRequestPolicy", "OriginRequestPolicyConfig", "origin-request-policy"


@handles("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy")
class ResponseHeadersPolicy(_Configured):
    """Headers that CloudFront adds to answers, or takes out of them."""

    calls = (
        "cloudfront.create_response_headers_policy",
        "cloudfront.get_response_headers_policy",
        "cloudfront.update_response_headers_policy",
        "cloudfront.delete_response_headers_policy",
    )
    name_prop = "name"
    name_length = 128
    member, config, arn_kind = "ResponseHeadersPolicy", "ResponseHeadersPolicyConfig", "response-headers-policy"


@handles("aws:cloudfront/vpcOrigin:VpcOrigin")
class VpcOrigin(_Configured):
    """A load balancer inside a VPC that CloudFront calls."""

    note = "Our server keeps it: moto has none. It is deployed at once; in AWS it takes minutes."
    calls = (
        "cloudfront.create_vpc_origin",
        "cloudfront.get_vpc_origin",
        "cloudfront.update_vpc_origin",
        "cloudfront.delete_vpc_origin",
    )
    elsewhere = frozenset({"timeouts"})
    computed = ("arn", "etag")
    member, config, wrapped, arn_kind = "VpcOrigin", "VpcOriginEndpointConfig", "vpcOriginEndpointConfig", "vpcorigin"


@handles("aws:cloudfront/originAccessControl:OriginAccessControl")
class OriginAccessControl(_Configured):
    """How CloudFront signs what it asks a bucket or a function for."""

    kept = "emulated"
    note = ""
    calls = (
        "cloudfront.create_origin_access_control",
        "cloudfront.get_origin_access_control",
        "cloudfront.update_origin_access_control",
        "cloudfront.delete_origin_access_control",
    )
    name_prop = "name"
    name_length = 64
    member, config, arn_kind = "OriginAccessControl", "OriginAccessControlConfig", "origin-access-control"
