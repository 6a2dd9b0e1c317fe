"""A live account as readers see it: read-only calls that were declared, paginated, and patient with throttling."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from enum import Enum
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from surgeproof.graph.errors import LiveAccountError
from surgeproof.graph.live.actions import READ_ONLY, action_of

_DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "AuthorizationError",
        "AuthorizationErrorException",
    }
)
_FAILURES = (ClientError, BotoCoreError, ResponseParserError)
"""How a call ends that gave no answer; the last is what comes of a proxy's page in place of one."""
_PATIENT = Config(retries={"mode": "adaptive", "max_attempts": 6}, connect_timeout=10, read_timeout=60)
"""Throttling is waited out: client-side rate limiting and up to six tries (boto3 guide, 'Retries')."""


class Part(Enum):
    """Why a part of a resource has no value; both are false."""

    ABSENT = "absent"
    UNREADABLE = "unreadable"

    def __bool__(self) -> bool:
        return False


class NotReadableError(Exception):
    """A call was refused. It never leaves this room: what it was to read is told as unread.

    Attributes:
        action: IAM action.
        why: In a few words.
    """

    def __init__(self, action: str, why: str) -> None:
        super().__init__(f"{action}: {why}")
        self.action = action
        self.why = why


class Account:
    """One account in one region.

    Attributes:
        number: Account number.
        region: Region that regional services are asked in.
        refused: IAM actions that were refused, and why.
    """

    def __init__(self, session: boto3.Session) -> None:
        """Ask the account who is asking.

        Raises:
            LiveAccountError: When there is no region, no credentials, or nobody answers.
        """
        self._session = session
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()
        self.refused: dict[str, str] = {}
        if not session.region_name:
            raise LiveAccountError("no region is named", path="--region", fix="Say --region, or set AWS_REGION")
        self.region: str = session.region_name
        try:
            self.number = str(self.client("sts").get_caller_identity()["Account"])
        except _FAILURES as error:
            raise LiveAccountError(
                f"the account does not answer ({_told(error)})",
                path="--live",
                fix="Say --profile, or set credentials that may call sts:GetCallerIdentity",
            ) from None

    def client(self, service: str, region: str | None = None) -> Any:
        """The client of a service, made once."""
        key = (service, region or self.region)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._session.client(service, region_name=key[1], config=_PATIENT)
            return self._clients[key]

    def arn(self, service: str, resource: str) -> str:
        """``arn:aws:service:region:account:resource``."""
        return f"arn:{self._session.get_partition_for_region(self.region)}:{service}:{self.region}:{self.number}:{resource}"


class Reading:
    """What one reader asks with: it can make the calls that it has declared, and no others."""

    def __init__(self, account: Account, declared: Collection[str]) -> None:
        self.account = account
        self._declared = declared

    def call(self, call: str, *, region: str | None = None, **given: Any) -> dict[str, Any]:
        """Answer of one call, ``sqs.get_queue_attributes``.

        Raises:
            NotReadableError: When it is refused, or the service does not answer.
        """
        operation = self._operation(call, region)
        try:
            return operation(**given)
        except _FAILURES as error:
            raise self._refused(call, error) from None

    def part(
        self, call: str, *, absent: Collection[str] = (), region: str | None = None, **given: Any
    ) -> dict[str, Any] | Part:
        """The same for a part of one resource: absent when AWS says so, unreadable when it is refused.

        Args:
            call: Which call.
            absent: Error codes that say that there is none.
            region: Another region than the account's.
            given: Parameters of the call.
        """
        operation = self._operation(call, region)
        try:
            return operation(**given)
        except _FAILURES as error:
            if isinstance(error, ClientError) and _code(error) in absent:
                return Part.ABSENT
            self._refused(call, error)
            return Part.UNREADABLE

    def rows(self, call: str, key: str, *, region: str | None = None, **given: Any) -> Iterator[Any]:
        """Entries of a list call, page by page.

        Args:
            call: Which call.
            key: Of the list in each page, ``DistributionList.Items`` where it lies deeper.
            region: Another region than the account's.
            given: Parameters of the call.

        Raises:
            NotReadableError: When it is refused, or the service does not answer.
        """
        operation = self._operation(call, region)
        service, _, name = call.partition(".")
        client = self.account.client(service, region)
        try:
            pages = client.get_paginator(name).paginate(**given) if client.can_paginate(name) else [operation(**given)]
            for page in pages:
                found: Any = page
                for part in key.split("."):
                    found = (found or {}).get(part)
                yield from found or ()
        except _FAILURES as error:
            raise self._refused(call, error) from None

    def _operation(self, call: str, region: str | None) -> Any:
        service, _, name = call.partition(".")
        if call not in self._declared:
            raise AssertionError(f"the reader does not declare {call}")
        if not name.startswith(READ_ONLY):
            raise AssertionError(f"{call} may change something")
        return getattr(self.account.client(service, region), name)

    def _refused(self, call: str, error: Exception) -> NotReadableError:
        action = action_of(call)
        refused = NotReadableError(action, _told(error))
        self.account.refused[action] = refused.why
        return refused


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _told(error: Exception) -> str:
    if isinstance(error, ClientError):
        code = _code(error)
        return "access denied" if code in _DENIED else f"refused: {code}"
    return type(error).__name__
