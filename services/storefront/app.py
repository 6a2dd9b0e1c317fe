"""The storefront's ASGI application: `uvicorn services.storefront.app:app`. Nothing is opened at import."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncGenerator, Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as ServerRoute

from services.domain.errors import ShopError
from services.domain.payment import PaymentGateway
from services.logs import log_to_stderr
from services.settings import settings_or_exit
from services.storefront import csp_reports
from services.storefront.openapi import openapi_document
from services.storefront.problems import http_problem, server_problem, shop_problem
from services.storefront.routes import ROUTES
from services.storefront.shop import Shop


def create_app(gateways: Mapping[str, PaymentGateway] | None = None) -> Starlette:
    """An application; its settings are read when it starts.

    Args:
        gateways: Further methods of payment, by name, beside `card`.
    """

    @contextlib.asynccontextmanager
    async def lifespan(application: Starlette) -> AsyncGenerator[None]:
        log_to_stderr()
        shop = Shop(settings_or_exit(), gateways)
        try:
            await shop.open()
            application.state.shop = shop
            yield
        finally:
            await shop.close()

    document = json.dumps(openapi_document(ROUTES)).encode()

    async def openapi(_request: Request) -> Response:
        return Response(document, media_type="application/json")

    return Starlette(
        routes=[
            *(ServerRoute(route.path, route.handler, methods=[route.method], name=route.name) for route in ROUTES),
            ServerRoute("/openapi.json", openapi, methods=["GET"], name="openapi"),
            ServerRoute(csp_reports.PATH, csp_reports.take_reports, methods=["POST"], name="csp_reports"),
        ],
        lifespan=lifespan,
        exception_handlers={
            ShopError: shop_problem,
            HTTPException: http_problem,
            Exception: server_problem,
        },
    )


app = create_app()
