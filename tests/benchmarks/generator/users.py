"""The journey as stock Locust users walk it: a locustfile for ``HttpShopper`` and ``FastHttpShopper``.

Certificates are checked, against ``SSL_CERT_FILE``.
"""

from __future__ import annotations

import os
import random
from typing import Any

from locust import FastHttpUser, HttpUser, constant, task

CART, CHECKOUT = 0.229, 0.157
"""P(cart), P(buy | cart): REES46 cosmetics, 4.5 million sessions, October 2019 to February 2020."""


def walk(client: Any) -> None:
    """Home, a list, two products, perhaps a cart, perhaps a checkout."""
    draw = random.random
    client.get("/", name="home")
    client.get(f"/products?page={int(1 + draw() * 20)}", name="list")
    for _ in (1, 2):
        client.get(f"/products/{int(1 + draw() * 500)}", name="product")
    if draw() < CART:
        client.post("/cart", json={"product_id": 7, "qty": 1}, name="cart")
        if draw() < CHECKOUT:
            client.post("/checkout", json={"cart_id": "c-1"}, name="checkout")


class HttpShopper(HttpUser):
    """On requests."""

    wait_time = constant(0)

    def on_start(self) -> None:
        """Trust the benchmark's authority: Locust's session does not look at the environment."""
        self.client.verify = os.environ["SSL_CERT_FILE"]

    @task
    def shop(self) -> None:
        """One journey."""
        walk(self.client)


class FastHttpShopper(FastHttpUser):
    """On geventhttpclient."""

    wait_time = constant(0)
    insecure = False

    @task
    def shop(self) -> None:
        """One journey."""
        walk(self.client)
