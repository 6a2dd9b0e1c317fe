"""Everything of a request that is not plain: a visitor's cookies, redirects, hooks."""

from __future__ import annotations

import time
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from surgeproof.load.answer import Answer
from surgeproof.load.cookies import CookieJar
from surgeproof.load.hooks import Hooks, Outgoing
from surgeproof.load.origin import Origin
from surgeproof.load.request_bytes import RequestWriter
from surgeproof.load.transport import RequestTimeoutError, Transport, TransportError
from surgeproof.load.visitor import Visitor

MOST_REDIRECTS = 5


class Exchange:
    """One visitor's.

    Attributes:
        plain: Nothing need be added to a request: no cookie was set, and there are no hooks.
        hooked: Whether there are hooks, to be called with each answer.
    """

    __slots__ = ("_cookies", "_hooks", "_origin", "_outgoing", "_requests", "_transport", "_visitor", "hooked", "plain")

    def __init__(
        self, transport: Transport, requests: RequestWriter, origin: Origin, hooks: Hooks, visitor: Visitor
    ) -> None:
        self.hooked = bool(hooks)
        self.plain = not self.hooked
        self._hooks = hooks
        self._transport = transport
        self._requests = requests
        self._origin = origin
        self._visitor = visitor
        self._cookies: CookieJar | None = None
        self._outgoing: Outgoing | None = None

    def prepare(self, method: str, path: str, name: str, headers: dict[str, str], body: bytes) -> None:
        """Take a request up, and let the hooks change it."""
        outgoing = self._outgoing = Outgoing(method, path, name, headers, body)
        for hook in self._hooks.before:
            hook(outgoing, self._visitor)

    def send(self, deadline: float) -> Answer:
        """Send what was prepared, and follow where the answer leads.

        Raises:
            TransportError: There is no answer, or no end of redirects.
            RequestTimeoutError: The last answer was not whole by the deadline.
            ValueError: The request can't be written.
        """
        out = self._outgoing
        if out is None:
            raise TransportError("nothing was prepared")
        answer = self._once(out.method, out.path, out.headers, out.body, deadline)
        if answer.head.leads:
            answer = self.follow(answer, out.method, out.path, out.headers, out.body, deadline)
        return answer

    def after(self, answer: Answer | None) -> None:
        """Let the hooks look at the answer."""
        if self._outgoing is not None:
            for hook in self._hooks.after:
                hook(self._outgoing, answer, self._visitor)

    def follow(
        self, answer: Answer, method: str, path: str, headers: Mapping[str, str], body: bytes, deadline: float
    ) -> Answer:
        """Keep the cookies of an answer, and go where it sends the visitor, on the same origin, within the deadline.

        Raises:
            TransportError: See ``send``.
            RequestTimeoutError: See ``send``.
        """
        for _ in range(MOST_REDIRECTS + 1):
            head = answer.head
            if head.cookies:
                self._keep(head.cookies, path)
            if not head.redirects:
                return answer
            next_path = self._on_this_origin(path, head.headers["location"])
            if next_path is None:
                # Never to another origin: that one nobody has confirmed.
                return answer
            path = next_path
            if (head.status == 303 and method != "HEAD") or (head.status in (301, 302) and method == "POST"):
                method, body = "GET", b""
                headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
            if time.monotonic() >= deadline:
                raise RequestTimeoutError("no full answer in time: redirects took it all")
            answer = self._once(method, path, headers, body, deadline)
        raise TransportError(f"more than {MOST_REDIRECTS} redirects")

    def _once(self, method: str, path: str, headers: Mapping[str, str], body: bytes, deadline: float) -> Answer:
        cookie = self._cookies.header(path) if self._cookies is not None else None
        if cookie:
            own = next((value for name, value in headers.items() if name.lower() == "cookie"), None)
            others = {name: value for name, value in headers.items() if name.lower() != "cookie"}
            headers = {**others, "cookie": f"{own}; {cookie}" if own else cookie}
        return self._transport.exchange(self._requests.full(method, path, headers, body), method, deadline)

    def _keep(self, fields: tuple[str, ...], path: str) -> None:
        if self._cookies is None:
            self._cookies = CookieJar(secure=self._origin.secure)
        for field in fields:
            self._cookies.set(field, path)
        self.plain = False

    def _on_this_origin(self, path: str, location: str) -> str | None:
        """The path that a redirect leads to; None when it leads elsewhere."""
        try:
            parts = urlsplit(urljoin(self._origin.url + path, location))
            target = Origin.parse(f"{parts.scheme}://{parts.netloc}")
        except ValueError:
            return None
        if target != self._origin:
            return None
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
