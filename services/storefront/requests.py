"""Reading requests: bodies, the visitor's session, the idempotency key."""

from __future__ import annotations

import re
from typing import TypeVar
from uuid import UUID, uuid4

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from services.domain.errors import InvalidRequestError

Model = TypeVar("Model", bound=BaseModel)

MOST_BYTES = 16_384
"""Of a body; the largest that is meant to come has a few hundred."""
COOKIE = "session"
COOKIE_LIFETIME_S = 7 * 24 * 3600
IDEMPOTENCY_KEY = re.compile(r"[!-~]{8,200}")
"""Printable, and long enough to be chosen at random."""


async def read_body(request: Request, model: type[Model]) -> Model:
    """The request's JSON as a model.

    Raises:
        InvalidRequestError: It is too large, no JSON, or not what the model allows.
    """
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MOST_BYTES:
            raise InvalidRequestError(f"the body is larger than {MOST_BYTES} bytes")
    try:
        return model.model_validate_json(bytes(raw))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"])) or "body"
        raise InvalidRequestError(f"{field}: {first['msg']}", field=field) from error


def session_of(request: Request) -> UUID | None:
    """The visitor's session, when the cookie holds one."""
    try:
        return UUID(request.cookies[COOKIE])
    except (KeyError, ValueError):
        return None


def new_session() -> UUID:
    """A session for a visitor who has none."""
    return uuid4()


def give_session(request: Request, response: Response, session: UUID) -> None:
    """Set the cookie; only sent back over TLS where the visitor came by TLS."""
    secure = request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
    response.set_cookie(COOKIE, str(session), max_age=COOKIE_LIFETIME_S, httponly=True, samesite="lax", secure=secure)


def idempotency_key_of(request: Request) -> str:
    """The header Idempotency-Key.

    Raises:
        InvalidRequestError: It is missing or malformed.
    """
    key = request.headers.get("idempotency-key", "")
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise InvalidRequestError(
            "Idempotency-Key: send 8 to 200 printable characters, a new UUID for each order and the same for a retry",
            field="Idempotency-Key",
        )
    return key


def whole_number(request: Request, name: str, default: int, low: int, high: int) -> int:
    """A number from the query string.

    Raises:
        InvalidRequestError: It is no whole number in the range.
    """
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
        raise InvalidRequestError(f"{name}: allowed: a whole number from {low} to {high}", field=name)
    return int(text)


def short_text(request: Request, name: str, longest: int) -> str:
    """A text from the query string, with single spaces.

    Raises:
        InvalidRequestError: It is too long, or holds what PostgreSQL cannot store.
    """
    text = " ".join(request.query_params.get(name, "").split())
    if len(text) > longest or "\0" in text:
        raise InvalidRequestError(f"{name}: allowed: up to {longest} characters", field=name)
    return text
