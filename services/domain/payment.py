"""Paying: what a gateway is asked and answers, and the registry of methods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from services.domain.errors import UnknownPaymentMethodError
from services.domain.money import Cents

CARD = "card"
"""The method that is used when a client names none."""


class PaymentOutcome(StrEnum):
    """What became of a payment, for good."""

    CAPTURED = "captured"
    DECLINED = "declined"
    VOIDED = "voided"
    """Never captured, and never will be under this key."""


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """One payment to capture.

    Attributes:
        key: Idempotency key towards the gateway; the same key is captured once at most.
        token: Stands for the card or account; the shop never sees a card number.
    """

    key: str
    amount_cents: Cents
    currency: str
    token: str


class GatewayUnreachableError(Exception):
    """The gateway did not answer: whether it captured is not known."""


class PaymentGateway(Protocol):
    """The port to whoever moves the money."""

    async def charge(self, request: PaymentRequest) -> PaymentOutcome:
        """Capture once for this key; asked again, the first outcome is the answer.

        Raises:
            GatewayUnreachableError: The outcome is not known.
        """
        ...

    async def settle(self, key: str) -> PaymentOutcome:
        """The final outcome of a key. What was not captured by now is voided, so that it never will be.

        Raises:
            GatewayUnreachableError: The outcome is not known.
        """
        ...


class PaymentGateways:
    """Which gateway serves which method of payment."""

    def __init__(self, gateways: Mapping[str, PaymentGateway]) -> None:
        self._gateways = dict(gateways)

    @property
    def methods(self) -> tuple[str, ...]:
        """Names of the methods, as clients send them."""
        return tuple(self._gateways)

    def of(self, method: str) -> PaymentGateway:
        """The gateway for a method.

        Raises:
            UnknownPaymentMethodError: Nobody serves it.
        """
        try:
            return self._gateways[method]
        except KeyError:
            raise UnknownPaymentMethodError(
                f"payment by {method!r} is not offered", allowed=list(self._gateways)
            ) from None
