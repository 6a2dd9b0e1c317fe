"""A tiny ASGI shop: answers every path, slowly when asked to (/sleep/0.5)."""

import asyncio
import os


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["path"].startswith("/sleep/"):
        await asyncio.sleep(float(scope["path"].rsplit("/", 1)[1]))
    if scope["path"] == "/env":
        body = repr({key: value for key, value in os.environ.items() if key.startswith("TINY")}).encode()
    else:
        body = b"%d" % os.getpid()
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
