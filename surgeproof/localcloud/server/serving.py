"""HTTP for the embedded AWS: threads, kept connections, no log line a request."""

from __future__ import annotations

import socket
import sys
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

from surgeproof.localcloud.server.application import EmbeddedAwsApplication


class _QuietHandler(MotoRequestHandler):
    """Answers without a log line; errors of the application still go to standard error."""

    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        # An answer is two small writes; without this, the second waits for the client's delayed acknowledgement.
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Nothing: a rehearsal makes tens of thousands of requests."""


def serve(listener: socket.socket, *, region: str, announce: bool) -> None:
    """Serve on a listening socket for ever.

    Args:
        listener: Bound to 127.0.0.1.
        region: Region whose services are loaded beforehand.
        announce: Print the endpoint on standard output, for one who started the server by hand.
    """
    host, port = listener.getsockname()[:2]
    application = EmbeddedAwsApplication(region)
    server = make_server(host, port, application, threaded=True, request_handler=_QuietHandler, fd=listener.detach())
    if announce:
        sys.stdout.write(f"http://{host}:{port}\n")
        sys.stdout.flush()
    application.preload()
    server.serve_forever(poll_interval=0.5)
