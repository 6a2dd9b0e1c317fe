"""The catalogue in PostgreSQL: what the hot pages are made from."""

from __future__ import annotations

import json
import re
from collections.abc import Collection

import asyncpg

from services.adapters.postgres.database import Database
from services.domain.catalogue import PAGE_SIZE, ListQuery, Product, ProductPage
from services.domain.ports import Availability, Category

COLUMNS = "sku, name, brand, category, price_cents, rank"
MATCH = "($1 = '' OR search @@ to_tsquery('simple', $1)) AND ($2 = '' OR category = $2)"


class PostgresCatalogue:
    """Fills the `Catalogue` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def product(self, sku: str) -> Availability | None:
        """One product, or nothing."""
        row = await self._database.run(
            lambda connection: connection.fetchrow(
                f"SELECT {COLUMNS}, coalesce(available, 0) > 0 AS in_stock "  # noqa: S608 - column names of ours
                "FROM products LEFT JOIN stock USING (sku) WHERE sku = $1",
                sku,
            )
        )
        return Availability(_product(row), row["in_stock"]) if row else None

    async def products(self, skus: Collection[str]) -> dict[str, Product]:
        """Those that exist, by SKU."""
        rows = await self._database.run(
            lambda connection: connection.fetch(
                f"SELECT {COLUMNS} FROM products "  # noqa: S608 - as above
                "WHERE sku IN (SELECT jsonb_array_elements_text($1::jsonb))",
                json.dumps(list(skus)),
            )
        )
        return {row["sku"]: _product(row) for row in rows}

    async def page(self, query: ListQuery) -> ProductPage:
        """One page of a list, by popularity."""
        words = words_to_tsquery(query.words)
        if query.words and not words:
            return ProductPage((), query, 0)
        rows = await self._database.run(
            lambda connection: connection.fetch(
                f"SELECT {COLUMNS}, total FROM "  # noqa: S608 - as above
                f"(SELECT count(*) AS total FROM products WHERE {MATCH}) AS matching LEFT JOIN "
                f"(SELECT {COLUMNS} FROM products WHERE {MATCH} ORDER BY rank, sku LIMIT $3 OFFSET $4) AS shown ON true",
                words,
                query.category,
                PAGE_SIZE,
                (query.page - 1) * PAGE_SIZE,
            )
        )
        products = tuple(_product(row) for row in rows if row["sku"] is not None)
        return ProductPage(products, query, rows[0]["total"])

    async def categories(self) -> tuple[Category, ...]:
        """All categories, the largest first."""
        rows = await self._database.run(
            lambda connection: connection.fetch(
                "SELECT category, count(*) AS products FROM products GROUP BY category ORDER BY 2 DESC, 1"
            )
        )
        return tuple(Category(row["category"], row["products"]) for row in rows)


def words_to_tsquery(words: str) -> str:
    """What a visitor typed, as a query in which every word may be the beginning of one."""
    return " & ".join(f"{word}:*" for word in re.findall(r"\w+", words.lower()))


def _product(row: asyncpg.Record) -> Product:
    return Product(row["sku"], row["name"], row["brand"], row["category"], row["price_cents"], row["rank"])
