"""Reads an answer to its end, however that is told: a length, chunks, or the end of the connection."""

from __future__ import annotations

import re

from surgeproof.load.answer import MOST_BODY, Answer
from surgeproof.load.connection import Connection
from surgeproof.load.heads import CHUNKED, INTERIM, MOST_HEAD, UNTIL_CLOSE, Head, HeadBook, HeadError
from surgeproof.load.transport import TransportError

MOST_INTERIM = 32
"""Answers of the 1xx kind before the last one."""
_MOST_LINE = 4096
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?")
_TRAILER = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*")


class AnswerReader:
    """Reads one answer from a connection.

    Args:
        connection: Whose request is sent.
        buffer: What has come already.
    """

    def __init__(self, connection: Connection, buffer: bytes, heads: HeadBook) -> None:
        self._connection = connection
        self._buffer = buffer
        self._at = 0
        self._heads = heads
        self._begun = bool(buffer)

    def read(self, *, bodiless: bool) -> tuple[Answer, bool]:
        """The answer, and whether the connection may be used again.

        Args:
            bodiless: The request was one whose answer has no body (HEAD, CONNECT).

        Raises:
            TransportError: It is none, it is only a part of one, or it is too large.
            RequestTimeoutError: It is late.
        """
        head = self._head()
        if bodiless:
            return Answer(head), head.keep and self.used_up
        if head.length == UNTIL_CLOSE:
            return Answer(head, self._until_close()), False
        body = self._chunks() if head.length == CHUNKED else self._exactly(head.length)
        # What comes after the end of an answer belongs to none: the connection is out of step.
        return Answer(head, body), head.keep and self.used_up

    @property
    def used_up(self) -> bool:
        """Whether nothing came after the answer."""
        return self._at == len(self._buffer)

    def _more(self) -> None:
        data = self._read()
        if not data:
            begun = self._begun
            raise TransportError(
                "half an answer: the connection ended in it" if begun else "the connection ended without an answer"
            )
        self._begun = True
        self._buffer = self._buffer[self._at :] + data
        self._at = 0

    def _read(self) -> bytes:
        try:
            return self._connection.read()
        except OSError as error:
            raise TransportError(f"{type(error).__name__}: {error}") from error

    def _head(self) -> Head:
        for _ in range(MOST_INTERIM):
            end = self._end_of_head()
            try:
                head = self._heads.read(self._buffer[self._at : end])
            except HeadError as error:
                raise TransportError(f"the answer's head {error}") from error
            self._at = end
            if head.length != INTERIM:
                return head
        raise TransportError(f"more than {MOST_INTERIM} interim answers")

    def _end_of_head(self) -> int:
        looked = self._at
        while True:
            start = self._buffer[self._at : self._at + 7]
            if start != b"HTTP/1."[: len(start)]:
                raise TransportError(f"this is not HTTP/1: {self._buffer[self._at : self._at + 60]!r}")
            end = self._buffer.find(b"\r\n\r\n", looked) + 4
            have = (end if end > 3 else len(self._buffer)) - self._at
            if have > MOST_HEAD:
                raise TransportError(f"the answer's head is larger than {MOST_HEAD:,} bytes")
            if end > 3:
                return end
            self._more()
            looked = max(0, have - 3)

    def _exactly(self, length: int) -> bytes:
        if length > MOST_BODY:
            raise TransportError(f"the answer is larger than {MOST_BODY:,} bytes")
        end = self._at + length
        if end <= len(self._buffer):
            piece, self._at = self._buffer[self._at : end], end
            return piece
        parts = [self._buffer[self._at :]]
        missing = length - len(parts[0])
        while missing:
            self._at = len(self._buffer)
            self._more()
            part = self._buffer[:missing]
            self._at = len(part)
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _until_close(self) -> bytes:
        parts = [self._buffer[self._at :]]
        have = len(parts[0])
        while have <= MOST_BODY:
            data = self._read()
            if not data:
                return b"".join(parts)
            parts.append(data)
            have += len(data)
        raise TransportError(f"the answer is larger than {MOST_BODY:,} bytes")

    def _chunks(self) -> bytes:
        """RFC 9112, 7.1."""
        parts: list[bytes] = []
        have = 0
        while True:
            line = self._line()
            match = _CHUNK.fullmatch(line)
            if match is None:
                raise TransportError(f"not the size of a chunk: {line[:60]!r}")
            size = int(match.group(1), 16)
            if size == 0:
                break
            have += size
            if have > MOST_BODY:
                raise TransportError(f"the answer is larger than {MOST_BODY:,} bytes")
            parts.append(self._exactly(size))
            if self._exactly(2) != b"\r\n":
                raise TransportError("a chunk is longer than it says")
        trailer = 0
        while line := self._line():
            trailer += len(line)
            if trailer > MOST_HEAD or _TRAILER.fullmatch(line) is None:
                raise TransportError(f"not a trailer field: {line[:60]!r}")
        return b"".join(parts)

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\r\n", self._at)) < 0:
            if len(self._buffer) - self._at > _MOST_LINE:
                raise TransportError("a line in a chunked body has no end")
            self._more()
        line = self._buffer[self._at : end]
        self._at = end + 2
        return line
