"""Handlers of what visitors look at."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from services.domain.catalogue import ListQuery
from services.storefront.pages import Pages
from services.storefront.requests import short_text, whole_number
from services.storefront.schemas import HealthAnswer

CACHEABLE = {"Cache-Control": "public, max-age=5"}
"""A CDN in front may keep these answers for as long as the shop itself keeps a product page."""
LAST_PAGE = 10_000
HEALTHY = HealthAnswer().model_dump_json().encode()


async def home(request: Request) -> Response:
    """The most popular products, and all categories."""
    return _page(await _pages(request).home())


async def list_products(request: Request) -> Response:
    """One page of the catalogue, by popularity: all of it, a search, or a category."""
    query = ListQuery(
        page=whole_number(request, "page", 1, 1, LAST_PAGE),
        words=short_text(request, "q", 64),
        category=short_text(request, "category", 64),
    )
    return _page(await _pages(request).listing(query))


async def product(request: Request) -> Response:
    """One product; whether it is in stock may be some seconds old."""
    return _page(await _pages(request).product(request.path_params["sku"]))


async def health(_request: Request) -> Response:
    """Whether this task is up."""
    return Response(HEALTHY, media_type="application/json", headers={"Cache-Control": "no-store"})


def _pages(request: Request) -> Pages:
    return request.app.state.shop.pages


def _page(body: bytes) -> Response:
    return Response(body, media_type="application/json", headers=CACHEABLE)
