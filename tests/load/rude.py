"""A server in a thread that says exactly the bytes that a test wants, in pieces, and ends as it likes."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import Literal, Self

Ending = Literal["keep", "close", "reset"]


@dataclass
class Script:
    """What is answered on ``/script``.

    Attributes:
        pieces: Sent one after the other, with a short pause between them.
        ending: What follows; with ``keep`` the next request is awaited, whether the answer was whole or not.
    """

    pieces: list[bytes] = field(default_factory=list)
    ending: Ending = "keep"


class RudeServer:
    """``/good/x`` is answered with ``x``, so that an answer to another request shows; ``/script`` with the script."""

    def __init__(self) -> None:
        self.script = Script()
        self.requests: list[str] = []
        self.over = threading.Event()

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            buffer = b""
            while True:
                while b"\r\n\r\n" not in buffer:
                    data = connection.recv(65536)
                    if not data:
                        return
                    buffer += data
                head, _, buffer = buffer.partition(b"\r\n\r\n")
                path = head.split(b" ")[1].decode()
                self.requests.append(path)
                if path.startswith("/good/"):
                    body = path.removeprefix("/good/").encode()
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
                elif not self._play(connection, self.script):
                    return

    def _play(self, connection: socket.socket, script: Script) -> bool:
        for number, piece in enumerate(script.pieces):
            if number:
                time.sleep(0.001)
            connection.sendall(piece)
        if script.ending == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return script.ending == "keep"
