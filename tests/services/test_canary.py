"""The canary against the real shop: it comes through, and buys nothing."""

from infra.canaries import checkout
from tests.services.parts import Parts
from tests.services.test_task import running_task


def test_it_comes_through_the_real_shop(parts: Parts):
    with running_task(parts) as (_, port):
        steps = checkout.walk(f"http://127.0.0.1:{port}")
    assert steps == ["home", "list", "product", "add", "cart", "empty"]
    assert parts.sql("SELECT count(*) AS n FROM orders") == [{"n": 0}]
