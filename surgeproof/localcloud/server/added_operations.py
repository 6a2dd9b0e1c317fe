"""Operations of JSON services that moto lacks, answered before it is asked; what is kept lies with account and region.

The functions stand in `added_account.py` and `added_safekeeping.py`, registered here by service and by operation (JSON
protocol) or by method and path (REST). Requests were checked by the client against botocore's model already.
"""

from __future__ import annotations

import io
import json
import re
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from moto.core import DEFAULT_ACCOUNT_ID

Kept = defaultdict[str, dict[str, Any]]
"""What is kept in one account and region, by kind and then by id."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request, taken apart.

    Attributes:
        account, region: Where it goes.
        body: Its JSON; empty for none.
        path: What the path's pattern caught.
        kept: What is kept there.
    """

    account: str
    region: str
    body: dict[str, Any]
    path: dict[str, str]
    kept: Kept

    def arn(self, service: str, resource: str) -> str:
        """ARN of something there."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


class RefusedError(Exception):
    """What AWS would refuse: its code, its words, and the status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


Operation = Callable[[Call], dict[str, Any]]


@dataclass(slots=True)
class _Service:
    by_name: dict[str, Operation] = field(default_factory=dict)
    by_path: list[tuple[str, re.Pattern[str], Operation]] = field(default_factory=list)


_SERVICES: defaultdict[str, _Service] = defaultdict(_Service)
_state: dict[tuple[str, str, str], Kept] = {}
_lock = threading.Lock()


def kept_in(account: str, region: str, service: str, kind: str) -> dict[str, Any]:
    """What is kept of a kind, by id, for those who tell it in an answer of moto's."""
    return _state.get((account, region, service), {}).get(kind, {})


def json_operation(service: str, name: str) -> Callable[[Operation], Operation]:
    """Register an operation of a service with the JSON protocol, by its signing name."""

    def register(operation: Operation) -> Operation:
        _SERVICES[service].by_name[name] = operation
        return operation

    return register


def rest_operation(service: str, method: str, path: str) -> Callable[[Operation], Operation]:
    """Register an operation of a REST service; ``{name}`` in the path catches one part, ``{name+}`` the rest."""
    pattern = re.sub(r"\{(\w+)\+\}", r"(?P<\1>.+)", path)
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)

    def register(operation: Operation) -> Operation:
        _SERVICES[service].by_path.append((method, re.compile(f"{pattern}/?"), operation))
        return operation

    return register


def _find(service: _Service, environ: dict[str, Any]) -> tuple[Operation, dict[str, str]] | None:
    name = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    if name in service.by_name:
        return service.by_name[name], {}
    for method, pattern, operation in service.by_path:
        match = pattern.fullmatch(environ.get("PATH_INFO", "")) if environ["REQUEST_METHOD"] == method else None
        if match:
            return operation, {key: unquote(value) for key, value in match.groupdict().items()}
    return None


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes] | None:
    """WSGI: the answer; None when no operation here is meant, with nothing read."""
    try:
        _, _, region, signed, *_ = environ["HTTP_AUTHORIZATION"].split("/", 4)
    except (KeyError, ValueError):
        return None
    service = _SERVICES.get(signed)
    found = _find(service, environ) if service else None
    if found is None:
        return None
    operation, path = found
    length = int(environ.get("CONTENT_LENGTH") or 0)
    raw = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = io.BytesIO(raw)
    headers: list[tuple[str, str]] = [("Content-Type", "application/json")]
    with _lock:
        kept = _state.setdefault((DEFAULT_ACCOUNT_ID, region, signed), defaultdict(dict))
        try:
            body, status = operation(Call(DEFAULT_ACCOUNT_ID, region, json.loads(raw or b"{}"), path, kept)), "200 OK"
        except RefusedError as refused:
            body, status = {"__type": refused.code, "message": refused.message}, f"{refused.status} Refused"
            headers.append(("x-amzn-ErrorType", refused.code))
    payload = json.dumps(body).encode()
    start_response(status, [*headers, ("Content-Length", str(len(payload)))])
    return [payload]
