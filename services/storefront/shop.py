"""The composition of the storefront: which adapter fills which port. Integrations are plugged in here."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from services.adapters.aws.event_bus import EventBridgeBus
from services.adapters.postgres.catalogue import PostgresCatalogue
from services.adapters.postgres.database import Database
from services.adapters.postgres.login import DatabaseLogin
from services.adapters.postgres.orders import PostgresOrders
from services.adapters.postgres.outbox import PostgresOutbox
from services.adapters.postgres.schema import apply_schema
from services.adapters.valkey.cache import Cache
from services.adapters.valkey.carts import ValkeyCarts
from services.adapters.valkey.hot_pages import HotPages
from services.adapters.valkey.login import IamLogin
from services.domain.checkout import Checkout
from services.domain.payment import PaymentGateway
from services.gateways import payment_gateways
from services.settings import Settings
from services.storefront.pages import Pages
from services.storefront.relay import OutboxRelay

LEDGER_CONNECTIONS = 2
"""The card gateway's own; with DATABASE_POOL_SIZE = 5 a task has 7 at most, forty tasks 280."""

STOP_S = 5.0
"""How long the relay may take to end its round."""


def _cache_login(settings: Settings) -> IamLogin | None:
    if settings.cache_user is None:
        return None
    return IamLogin(user=settings.cache_user, cache=settings.cache_name, region=settings.region)


class Shop:
    """Everything that the handlers use; opened and closed with the server.

    Args:
        settings: From the environment.
        gateways: Further methods of payment, by name, beside `card`.
    """

    def __init__(self, settings: Settings, gateways: Mapping[str, PaymentGateway] | None = None) -> None:
        self._login = DatabaseLogin.of(settings)
        url = settings.database_url
        self.database = Database(url, login=self._login, size=settings.pool_size, name="storefront")
        self._ledger = Database(url, login=self._login, size=LEDGER_CONNECTIONS, name="card-gateway")
        self._cache = Cache(settings.cache_url, _cache_login(settings))
        self._bus = EventBridgeBus(settings.event_bus_name, settings.region)
        self._relay = OutboxRelay(PostgresOutbox(self.database), self._bus)
        self._background: asyncio.Task[None] | None = None
        self.orders = PostgresOrders(self.database)
        self.carts = ValkeyCarts(self._cache)
        self.pages = Pages(PostgresCatalogue(self.database), HotPages(self._cache))
        self.gateways = payment_gateways(settings, self._ledger, gateways)
        self.checkout = Checkout(
            orders=self.orders,
            carts=self.carts,
            gateways=self.gateways,
            payment_timeout_s=settings.payment_timeout_s,
            on_change=self._relay.wake,
        )

    async def open(self) -> None:
        """Wait for the database, bring its tables up to date, start the relay."""
        await self.database.open()
        await apply_schema(self.database)
        await self._ledger.open()
        self._background = asyncio.create_task(self._relay.run(), name="outbox-relay")

    async def close(self) -> None:
        """Stop the relay and close all connections. What is left in the outbox is another task's to relay."""
        if self._background:
            self._relay.stop()
            # Cut off after a while: a round that is cut off is repeated by another task.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._background, STOP_S)
        self._bus.close()
        await self._cache.close()
        await self._ledger.close()
        await self.database.close()
        self._login.close()
