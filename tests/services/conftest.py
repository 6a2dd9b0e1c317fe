"""The shop, running in this process on real parts; fresh tables and an empty cache for each test."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractAsyncContextManager

import pytest
from starlette.applications import Starlette

from loadtests.catalogue import catalogue
from loadtests.prepare import fill
from services.domain.payment import PaymentGateway
from services.storefront import relay
from services.storefront.app import create_app
from tests.services.parts import Parts, running_parts

HERO = "HERO-1"
HERO_STOCK = 500
STOCK = 100

Storefront = Callable[..., AbstractAsyncContextManager[Starlette]]


@pytest.fixture(scope="session")
def all_parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    with running_parts(tmp_path_factory.mktemp("parts")) as parts:
        yield parts


@pytest.fixture
def parts(all_parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Parts:
    all_parts.new_queues()
    for name, value in all_parts.environment.items():
        monkeypatch.setenv(name, value)
    # Idle tasks look every four seconds for what a worker left in the outbox; here nobody waits so long.
    monkeypatch.setattr(relay, "LAST_POLL_S", 0.3)
    monkeypatch.setattr(relay, "FIRST_POLL_S", 0.3)
    fill(all_parts.endpoints, catalogue(40, HERO), hero_stock=HERO_STOCK, stock=STOCK)
    return all_parts


@pytest.fixture
def storefront(parts: Parts) -> Storefront:
    @contextlib.asynccontextmanager
    async def start(**gateways: PaymentGateway) -> AsyncGenerator[Starlette]:
        app = create_app(gateways)
        async with app.router.lifespan_context(app):
            yield app

    return start
