"""Closed-loop visitors for tests: a few threads that ask all the time and remember every answer."""

import http.client
import threading
import time
from typing import Any


class Visitors:
    """Ask from several keep-alive connections until the block ends."""

    def __init__(self, port, *, host="127.0.0.1", threads=4, pause=0.02, path="/", method="GET", timeout=10.0) -> None:
        self.statuses: list[object] = []
        self.waits: list[float] = []
        self._door = (host, port)
        self._pause, self._path, self._method, self._timeout = pause, path, method, timeout
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._visit, daemon=True) for _ in range(threads)]

    def __enter__(self) -> Any:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> Any:
        self._end.set()
        for thread in self._threads:
            thread.join()

    @property
    def lost(self):
        return [status for status in self.statuses if status != 200]

    def _visit(self) -> None:
        connection = http.client.HTTPConnection(*self._door, timeout=self._timeout)
        while not self._end.wait(self._pause):
            began = time.monotonic()
            try:
                connection.request(self._method, self._path, body=b"x" if self._method == "POST" else None)
                answer = connection.getresponse()
                answer.read()
                self.statuses.append(answer.status)
            except OSError as error:
                self.statuses.append(repr(error))
                connection.close()
            except http.client.HTTPException as error:
                self.statuses.append(repr(error))
                connection.close()
            self.waits.append(time.monotonic() - began)
        connection.close()


def eventually(check, timeout=10.0, every=0.02):
    """Wait until something holds; the last answer of the check."""
    deadline = time.monotonic() + timeout
    while not (answer := check()) and time.monotonic() < deadline:
        time.sleep(every)
    return answer
