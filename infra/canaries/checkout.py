"""A shopper's way to the checkout, walked by CloudWatch Synthetics: it ends before anything is bought or kept.

It leaves no order and no stock that is held: the cart is emptied again. Whatever does not answer as it should raises,
which is how a canary of Synthetics fails.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

SHOP = "SHOP_URL"
"""Environment variable with the address of the shop."""
PATIENCE = 10
"""Seconds that one answer may take."""


class StepError(RuntimeError):
    """A step that did not answer as it should."""


class Walk:
    """One visitor's requests, in one session."""

    def __init__(self, shop: str) -> None:
        self._shop = shop.rstrip("/")
        # The shop knows its visitors by a cookie.
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar())).open

    def step(self, name: str, method: str, path: str, body: Any = None) -> Any:
        """One request; its answer, from JSON.

        Raises:
            StepError: When the shop can't be reached, or answers otherwise than with 2xx and JSON.
        """
        request = urllib.request.Request(  # noqa: S310 - the settings take http(s) alone
            self._shop + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "User-Agent": "surgeproof-canary"},
        )
        try:
            with self._open(request, timeout=PATIENCE) as answer:
                return json.loads(answer.read() or b"null")
        except (urllib.error.URLError, TimeoutError, ValueError) as error:
            raise StepError(f"{name}: {method} {path}: {error}") from error


def walk(shop: str) -> list[str]:
    """Home, a product, into the cart, the cart, and out of it again.

    Returns:
        Names of the steps.
    """
    visitor = Walk(shop)
    visitor.step("home", "GET", "/")
    products = visitor.step("list", "GET", "/products")
    sku = next(iter(_skus(products)), None)
    if sku is None:
        raise StepError("list: the shop has no product")
    visitor.step("product", "GET", f"/products/{sku}")
    visitor.step("add", "POST", "/cart/items", {"sku": sku, "quantity": 1})
    cart = visitor.step("cart", "GET", "/cart")
    if sku not in _skus(cart):
        raise StepError(f"cart: {sku} was put in and is not there")
    visitor.step("empty", "DELETE", f"/cart/items/{sku}")
    return ["home", "list", "product", "add", "cart", "empty"]


def _skus(answer: Any) -> list[str]:
    return [item["sku"] for item in answer.get("items", []) if "sku" in item]


def handler(event: Any, context: Any) -> str:  # noqa: ARG001 - Synthetics calls it so
    """Entry point of the canary."""
    return f"came through: {', '.join(walk(os.environ[SHOP]))}"
