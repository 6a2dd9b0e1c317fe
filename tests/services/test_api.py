"""The API is what its OpenAPI document says: every answer, good or bad, conforms to it."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from starlette.routing import Match, Route

from services.adapters.simulators.card_gateway import DECLINED_TOKEN
from services.storefront.app import app
from services.storefront.openapi import openapi_document
from services.storefront.routes import ROUTES
from tests.services.asgi_client import Reply, Visitor
from tests.services.conftest import HERO, HERO_STOCK, Storefront

DOCUMENT = openapi_document(ROUTES)
NOBODY = str(uuid4())


def test_the_document_is_valid_openapi_3_1():
    validate(DOCUMENT, cls=OpenAPIV31SpecValidator)
    assert DOCUMENT["openapi"].startswith("3.1")


def test_every_operation_has_a_name_of_its_own_and_says_what_it_is_for():
    operations = [operation for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names) == len(ROUTES)
    assert all(operation["summary"] for operation in operations)


def _described(method: str, path: str) -> dict[str, Any]:
    scope = {"type": "http", "method": method, "path": path.partition("?")[0]}
    for route in app.routes:
        if isinstance(route, Route) and route.matches(scope)[0] is Match.FULL:
            return DOCUMENT["paths"][route.path][method.lower()]
    raise AssertionError(f"{method} {path} is not in the document")


def _conforms(method: str, path: str, reply: Reply, status: int) -> None:
    assert reply.status == status, reply.body
    responses = _described(method, path)["responses"]
    assert str(status) in responses, f"{method} {path} answers {status}, which the document does not tell"
    schema = responses[str(status)]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": DOCUMENT["components"]}).validate(reply.json())
    assert reply.headers["content-type"] == "application/json"


def test_every_answer_conforms_to_the_document(storefront: Storefront):
    async def scenario() -> None:
        async with storefront() as running:
            visitor = Visitor(running)

            async def ask(
                method: str, path: str, status: int, body: object = None, key: str | None = None
            ) -> dict[str, Any]:
                reply = await visitor.request(method, path, body, {"Idempotency-Key": key} if key else None)
                _conforms(method, path, reply, status)
                return reply.json()

            card = {"payment_token": "tok_visa", "email": "visitor@example.com"}
            assert (await visitor.get("/openapi.json")).json() == DOCUMENT
            await ask("GET", "/healthz", 200)
            await ask("GET", "/", 200)
            assert (await ask("GET", "/products", 200))["pages"] == 2
            assert len((await ask("GET", "/products?page=2", 200))["items"]) == 16
            assert (await ask("GET", "/products?page=9", 200))["items"] == []
            assert (await ask("GET", "/products?q=silk%20rad", 200))["items"][0]["sku"] == HERO
            assert (await ask("GET", "/products?q=%26%7C!%27", 200))["total"] == 0
            assert (await ask("GET", "/products?category=Skincare", 200))["items"][0]["category"] == "Skincare"
            for query in ("page=0", "page=x", "page=99999999", f"q={'x' * 65}", "q=%00"):
                assert (await ask("GET", f"/products?{query}", 400))["field"] == query.partition("=")[0]
            await ask("GET", f"/products/{HERO}", 200)
            await ask("GET", "/products/nothing", 404)
            await ask("GET", "/cart", 200)
            await ask("DELETE", "/cart/items/nothing", 200)
            await ask("PATCH", "/cart/items/nothing", 404, {"quantity": 1})
            await ask("POST", "/checkout", 400, card, NOBODY)
            for body in (
                {"sku": HERO, "quantity": 0},
                {"sku": HERO, "quantity": "2"},
                {"sku": "a b"},
                [],
                b"{",
                b"\xff",
            ):
                await ask("POST", "/cart/items", 400, body)
            await ask("POST", "/cart/items", 400, b"[" * 20_000)
            await ask("POST", "/cart/items", 404, {"sku": "nothing"})
            await ask("POST", "/cart/items", 200, {"sku": HERO, "quantity": 9})
            await ask("POST", "/cart/items", 422, {"sku": HERO, "quantity": 2})
            await ask("PATCH", f"/cart/items/{HERO}", 200, {"quantity": 1})
            await ask("POST", "/checkout", 400, card)
            await ask("POST", "/checkout", 400, {**card, "email": "nobody"}, NOBODY)
            await ask("POST", "/checkout", 422, {**card, "payment_method": "barter"}, NOBODY)
            await ask("POST", "/checkout", 402, {**card, "payment_token": DECLINED_TOKEN}, str(uuid4()))
            paid = await ask("POST", "/checkout", 201, card, NOBODY)
            await ask("POST", "/checkout", 422, {**card, "email": "other@example.com"}, NOBODY)
            await ask("GET", f"/orders/{paid['order_id']}", 200)
            await ask("GET", f"/orders/{uuid4()}", 404)
            await ask("GET", "/orders/nothing", 404)
            for _ in range(HERO_STOCK // 10):
                await Visitor(running).buy(HERO, str(uuid4()), quantity=10)
            await ask("POST", "/cart/items", 200, {"sku": HERO, "quantity": 10})
            assert (await ask("POST", "/checkout", 409, card, str(uuid4())))["sku"] == HERO

            for method, path, status in (("GET", "/nothing", 404), ("POST", "/products", 405)):
                reply = await visitor.request(method, path)
                assert reply.status == status
                assert set(reply.json()) == {"error", "message"}

    asyncio.run(scenario())
