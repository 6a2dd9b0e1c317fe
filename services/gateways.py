"""Which gateway serves which method of payment: the one place where a method is added."""

from __future__ import annotations

from collections.abc import Mapping

from services.adapters.postgres.database import Database
from services.adapters.simulators.card_gateway import CardGatewaySimulator
from services.domain.payment import CARD, PaymentGateway, PaymentGateways
from services.settings import Settings


def payment_gateways(
    settings: Settings, ledger: Database, more: Mapping[str, PaymentGateway] | None = None
) -> PaymentGateways:
    """All methods; the storefront charges by them, the worker's reconciler asks them.

    Args:
        settings: What the simulated gateway does.
        ledger: The simulated gateway's own connections.
        more: Further methods, by name.
    """
    card = CardGatewaySimulator(
        ledger, latency_s=settings.payment_latency_s, decline_rate=settings.payment_decline_rate
    )
    return PaymentGateways({CARD: card, **(more or {})})
