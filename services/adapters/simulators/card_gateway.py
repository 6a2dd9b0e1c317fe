"""A card gateway that behaves: slow, declining at times, idempotent, and with a ledger of its own."""

from __future__ import annotations

import asyncio
import hashlib
import random

from services.adapters.postgres.database import Database
from services.domain.errors import DatabaseUnavailableError
from services.domain.payment import GatewayUnreachableError, PaymentOutcome, PaymentRequest

DECLINED_TOKEN = "tok_declined"  # noqa: S105 - a test card, as gateways publish them
"""A token that is always declined."""
SILENT_TOKEN = "tok_captured_but_silent"  # noqa: S105 - as above
"""A token that is captured, whereupon the gateway says nothing for a minute."""


class CardGatewaySimulator:
    """Fills the `PaymentGateway` port.

    Args:
        ledger: Connections of its own: what the gateway commits stays, whatever becomes of the shop's transaction.
        latency_s: Mean time of a charge, spread evenly by 30 % either way.
        decline_rate: Share of keys that are declined, 0 to 1; the same key is always decided alike.
    """

    def __init__(self, ledger: Database, *, latency_s: float, decline_rate: float) -> None:
        self._ledger = ledger
        self._latency_s = latency_s
        self._decline_rate = decline_rate

    async def charge(self, request: PaymentRequest) -> PaymentOutcome:
        """Capture once for this key; asked again, the first outcome is the answer."""
        latency = self._latency_s * random.uniform(0.7, 1.3)
        # The ledger is written in the middle: a shop that dies in the second half was charged and does not know.
        await asyncio.sleep(latency / 2)
        declined = request.token == DECLINED_TOKEN or _share(request.key) < self._decline_rate
        outcome = await self._write(
            request.key, PaymentOutcome.DECLINED if declined else PaymentOutcome.CAPTURED, request.amount_cents
        )
        await asyncio.sleep(60 if request.token == SILENT_TOKEN else latency / 2)
        return outcome

    async def settle(self, key: str) -> PaymentOutcome:
        """The final outcome of a key; what was not captured by now is voided."""
        return await self._write(key, PaymentOutcome.VOIDED, 0)

    async def _write(self, key: str, outcome: PaymentOutcome, cents: int) -> PaymentOutcome:
        try:
            return PaymentOutcome(
                await self._ledger.run(
                    lambda connection: connection.fetchval(
                        "INSERT INTO card_gateway.charges AS known (key, outcome, amount_cents) VALUES ($1, $2, $3) "
                        "ON CONFLICT (key) DO UPDATE SET requests = known.requests + 1 RETURNING outcome",
                        key,
                        outcome,
                        cents,
                    )
                )
            )
        except DatabaseUnavailableError as error:
            raise GatewayUnreachableError("the card gateway cannot be reached") from error


def _share(key: str) -> float:
    """A number from 0 to 1 that is the same for the same key."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") / 2**64
