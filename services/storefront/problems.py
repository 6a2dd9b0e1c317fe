"""What clients are told when something goes wrong: a status for each of the shop's errors."""

from __future__ import annotations

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from services.domain import errors

log = logging.getLogger("shop.storefront")

STATUS: dict[type[errors.ShopError], int] = {
    errors.InvalidRequestError: 400,
    errors.EmptyCartError: 400,
    errors.PaymentDeclinedError: 402,
    errors.UnknownProductError: 404,
    errors.UnknownOrderError: 404,
    errors.OutOfStockError: 409,
    errors.CartLimitError: 422,
    errors.UnknownPaymentMethodError: 422,
    errors.IdempotencyKeyReusedError: 422,
    errors.UnavailableError: 503,
}
"""HTTP status by error; a subclass that is not named has its parent's."""


def status_of(error: type[errors.ShopError]) -> int:
    """The HTTP status that an error is answered with."""
    return next((STATUS[known] for known in STATUS if issubclass(error, known)), 500)


async def shop_problem(_request: Request, error: Exception) -> JSONResponse:
    """Answer one of the shop's errors."""
    if not isinstance(error, errors.ShopError):
        raise error
    headers = {"Retry-After": "1"} if isinstance(error, errors.UnavailableError) else None
    body = {"error": error.word, "message": error.message, **error.details}
    return JSONResponse(body, status_of(type(error)), headers)


async def http_problem(_request: Request, error: Exception) -> JSONResponse:
    """Answer what the router refuses: an unknown path, a method that a path does not have."""
    if not isinstance(error, HTTPException):
        raise error
    word = error.detail.lower().replace(" ", "_")
    return JSONResponse({"error": word, "message": error.detail}, error.status_code, error.headers)


async def server_problem(request: Request, error: Exception) -> JSONResponse:
    """Answer a bug; the server logs its traceback."""
    log.error("%s %s failed: %r", request.method, request.url.path, error)
    return JSONResponse({"error": "server_error", "message": "something broke on our side"}, 500)
