"""What visitors look at: home, lists, products. Made from the catalogue, kept hot for seconds."""

from __future__ import annotations

import json
from collections.abc import Iterable

from services.adapters.valkey.hot_pages import HotPages
from services.domain.catalogue import ListQuery, Product
from services.domain.errors import UnknownProductError
from services.domain.ports import Catalogue
from services.storefront.schemas import (
    CategoryAnswer,
    HomeAnswer,
    ProductAnswer,
    ProductListAnswer,
    ProductSummary,
)

FEATURED = 12
"""Products on the home page: the most popular."""
PRODUCT_S = 5.0
"""Lifetime of a product page: so old may `in_stock` be. Forty tasks then ask the database 8 times a second at most."""
LIST_S = 30.0
"""Lifetime of lists and of the home page."""


class Pages:
    """Answers as bytes, ready to send."""

    def __init__(self, catalogue: Catalogue, hot: HotPages) -> None:
        self._catalogue = catalogue
        self._hot = hot

    async def home(self) -> bytes:
        """The home page."""
        return await self._hot.get("page:home", LIST_S, self._make_home) or b""

    async def listing(self, query: ListQuery) -> bytes:
        """One page of a list."""

        async def make() -> bytes:
            found = await self._catalogue.page(query)
            answer = ProductListAnswer(
                items=_summaries(found.products), page=query.page, pages=found.pages, total=found.total
            )
            return answer.model_dump_json().encode()

        key = f"page:list:{json.dumps([query.page, query.category, query.words.lower()])}"
        return await self._hot.get(key, LIST_S, make) or b""

    async def product(self, sku: str) -> bytes:
        """A product page.

        Raises:
            UnknownProductError: There is no such product.
        """
        page = await self._hot.get(_product_key(sku), PRODUCT_S, lambda: self._make_product(sku))
        if page is None:
            raise UnknownProductError(f"there is no product {sku}", sku=sku)
        return page

    async def products(self, skus: Iterable[str]) -> dict[str, ProductAnswer]:
        """Several products, by SKU; those that do not exist are left out."""
        make = {_product_key(sku): lambda sku=sku: self._make_product(sku) for sku in skus}
        pages = await self._hot.get_many(list(make), PRODUCT_S, make)
        answers = (ProductAnswer.model_validate_json(page) for page in pages if page is not None)
        return {answer.sku: answer for answer in answers}

    async def _make_product(self, sku: str) -> bytes | None:
        found = await self._catalogue.product(sku)
        if found is None:
            return None
        answer = ProductAnswer(**_summary(found.product).model_dump(), in_stock=found.in_stock)
        return answer.model_dump_json().encode()

    async def _make_home(self) -> bytes:
        first = await self._catalogue.page(ListQuery())
        categories = await self._catalogue.categories()
        answer = HomeAnswer(
            featured=_summaries(first.products[:FEATURED]),
            categories=[CategoryAnswer(name=category.name, products=category.products) for category in categories],
        )
        return answer.model_dump_json().encode()


def _product_key(sku: str) -> str:
    return f"page:product:{sku}"


def _summary(product: Product) -> ProductSummary:
    return ProductSummary(
        sku=product.sku,
        name=product.name,
        brand=product.brand,
        category=product.category,
        price_cents=product.price_cents,
    )


def _summaries(products: Iterable[Product]) -> list[ProductSummary]:
    return [_summary(product) for product in products]
