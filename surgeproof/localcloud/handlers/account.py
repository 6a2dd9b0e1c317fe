"""What every handler is given: the embedded account's clients, region, number, default tags and records."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from surgeproof.localcloud.clients import ClientCache
from surgeproof.localcloud.handlers.request import build_request


class Records(Protocol):
    """Where what is recorded and not emulated is kept: with the embedded AWS, so that it outlives who made it."""

    def keep(self, record: dict[str, Any]) -> None:
        """Keep a record: type, id, operation, request, inputs. One of the same type and id is replaced."""
        ...

    def find(self, type_: str, identity: str) -> dict[str, Any] | None:
        """The record of a type and id; None when there is none."""
        ...

    def forget(self, type_: str, identity: str) -> None:
        """Drop a record; one that is not there is no error."""
        ...


class Account:
    """One account and region of the embedded AWS.

    Args:
        clients: Its boto3 clients.
        number: The account's twelve digits.
        region: Where resources go that name no region.
        default_tags: Tags that every resource gets.
        records: Keeps what is recorded and not emulated.
    """

    def __init__(
        self,
        clients: ClientCache,
        *,
        number: str,
        region: str,
        default_tags: Mapping[str, str] | None = None,
        records: Records,
    ) -> None:
        self.number = number
        self.region = region
        self.default_tags = dict(default_tags or {})
        self.records = records
        self._clients = clients

    def client(self, service: str, inputs: Mapping[str, Any] | None = None) -> Any:
        """The client of a service in the region that these inputs name, or in the account's."""
        return self._clients.client(service, self.region_of(inputs or {}))

    def region_of(self, inputs: Mapping[str, Any]) -> str:
        """The region that these inputs name, or the account's."""
        return str(inputs.get("region") or self.region)

    def tags(self, inputs: Mapping[str, Any]) -> dict[str, str]:
        """Default tags and the resource's own, which win."""
        return {**self.default_tags, **(inputs.get("tags") or {})}

    def arn(
        self, service: str, resource: str, inputs: Mapping[str, Any] | None = None, *, regional: bool = True
    ) -> str:
        """``arn:aws:service:region:account:resource``."""
        return f"arn:aws:{service}:{self.region_of(inputs or {}) if regional else ''}:{self.number}:{resource}"

    def request(
        self,
        call: str,
        inputs: Mapping[str, Any],
        *,
        renamed: Mapping[str, str] | None = None,
        leave_out: Collection[str] = (),
        type_token: str = "",
        **more: Any,
    ) -> tuple[Any, dict[str, Any]]:
        """The boto3 method and the checked request of a call, from provider inputs."""
        service, operation = call.split(".")
        client = self.client(service, inputs)
        shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).input_shape
        values = {name: value for name, value in inputs.items() if name not in {"region", "tags", *leave_out}}
        tags = {} if "tags" in leave_out else self.tags(inputs)
        request = build_request(shape, values, renamed=renamed or {}, tags=tags, more=more, where=type_token or call)
        return getattr(client, operation), request

    def send(
        self,
        call: str,
        inputs: Mapping[str, Any],
        *,
        renamed: Mapping[str, str] | None = None,
        leave_out: Collection[str] = (),
        type_token: str = "",
        **more: Any,
    ) -> Any:
        """Make a call with provider inputs, converted by botocore's model of it.

        Args:
            call: ``service.operation`` in boto3's names.
            inputs: Provider's inputs; each must have a member of the request, or be left out.
            renamed: Provider's name to AWS's, where they differ by more than case; ``*.name`` for one that lies deeper.
            leave_out: Inputs that this call does not take.
            type_token: Named in errors.
            more: Members in AWS's own names; None is left out.
        """
        method, request = self.request(
            call, inputs, renamed=renamed, leave_out=leave_out, type_token=type_token, **more
        )
        return method(**request)
