"""Speaks to an ASGI application without a socket, with the cookies of one visitor."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote, unquote

from starlette.applications import Starlette

VISA = "tok_visa"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Visitor:
    app: Starlette
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str) -> Reply:
        return await self.request("GET", path)

    async def post(self, path: str, body: object, headers: dict[str, str] | None = None) -> Reply:
        return await self.request("POST", path, body, headers)

    async def buy(self, sku: str, key: str, *, quantity: int = 1, token: str = VISA) -> Reply:
        await self.post("/cart/items", {"sku": sku, "quantity": quantity})
        return await self.pay(key, token=token)

    async def pay(self, key: str, *, token: str = VISA, method: str = "card") -> Reply:
        body = {"payment_token": token, "email": "visitor@example.com", "payment_method": method}
        return await self.post("/checkout", body, {"Idempotency-Key": key})

    async def request(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Reply:
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        path, _, query = path.partition("?")
        sent = {"host": "shop", "content-type": "application/json", **(headers or {})}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": quote(path).encode(),
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 1),
            "server": ("shop", 80),
        }
        reply = Reply(0, {}, b"")
        messages = iter([{"type": "http.request", "body": raw, "more_body": False}])

        async def receive() -> dict[str, Any]:
            return next(messages, {"type": "http.disconnect"})

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                reply.status = message["status"]
                for name, value in message["headers"]:
                    reply.headers[name.decode()] = value.decode()
                    if name == b"set-cookie":
                        for cookie in SimpleCookie(value.decode()).values():
                            self.cookies[cookie.key] = cookie.value
            else:
                reply.body += message.get("body", b"")

        await self.app(scope, receive, send)
        return reply
