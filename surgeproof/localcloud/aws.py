"""The embedded AWS: moto as a process of its own on this machine's loopback, that ends with the process that started it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from surgeproof.launch.clock import LaunchClock
from surgeproof.localcloud.aws_errors import EmbeddedAwsError
from surgeproof.localcloud.clients import ClientCache
from surgeproof.localcloud.guard import DEFAULT_REGION, child_environment, guard_process

READY_WITHIN = 30.0
"""Real seconds; about 2 are usual. The rest is for a machine under load."""
ACCOUNT_ID = "123456789012"
"""The account of all that is deployed here; moto's own."""
LAST_LINES = 15


@dataclass(frozen=True, slots=True)
class QueueReading:
    """One queue at one moment. Real counts of this run; age in launch seconds."""

    visible: int
    in_flight: int
    delayed: int
    oldest_age: float
    sent: int
    received: int
    deleted: int
    region: str

    @property
    def backlog(self) -> int:
        """Messages that are not deleted yet."""
        return self.visible + self.in_flight + self.delayed


class EmbeddedAws:
    """A context manager, or `start` and `stop`. Starting it guards this process: see `guard.guard_process`.

    Args:
        region: The region that clients use by default; all regions are served.
        port: Port of 127.0.0.1; 0 takes a free one.
    """

    def __init__(self, *, region: str = DEFAULT_REGION, port: int = 0) -> None:
        self.region = region
        self.account_id = ACCOUNT_ID
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None
        self._clients: ClientCache | None = None
        self.endpoint_url = ""

    @classmethod
    def at(cls, endpoint_url: str, *, region: str = DEFAULT_REGION) -> Self:
        """One that runs already and belongs to somebody else: it is used, and never ended from here."""
        attached = cls(region=region)
        attached.endpoint_url = endpoint_url
        attached._clients = ClientCache(endpoint_url, region)
        return attached

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server and wait until it answers, for about 2 real seconds.

        Raises:
            EmbeddedAwsError: The port is taken, or the server ended or did not answer in time.
        """
        try:
            self.launch()
            self.wait_ready()
        except BaseException:
            self.stop()
            raise

    def launch(self) -> None:
        """Start the server without waiting; the port is bound already and `endpoint_url` is known."""
        if self._process is not None:
            return
        guard_process(region=self.region)
        try:
            listener = socket.create_server(("127.0.0.1", self._port))
        except OSError as error:
            raise EmbeddedAwsError(
                f"port {self._port} of 127.0.0.1 can't be had ({error.strerror})",
                fix="Name another port, or 0 for a free one",
            ) from None
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the server; it has no name to clean up
        with listener:
            self.endpoint_url = "http://{}:{}".format(*listener.getsockname()[:2])
            command = [sys.executable, "-m", "surgeproof.localcloud.server", "--fd", str(listener.fileno())]
            command += ["--region", self.region, "--parent", str(os.getpid())]
            if threading.current_thread() is threading.main_thread():
                command.append("--by-signal")
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=self._said,
                stderr=self._said,
                pass_fds=[listener.fileno()],
                start_new_session=True,
                cwd="/",
                env=_server_environment(self.region),
            )
        self._clients = ClientCache(self.endpoint_url, self.region)

    def wait_ready(self, within: float = READY_WITHIN) -> None:
        """Wait until the server answers.

        Raises:
            EmbeddedAwsError: It ended, or did not answer within ``within`` real seconds.
        """
        give_up = time.monotonic() + within
        while True:
            if not self.alive:
                raise self._broken("the server ended before it was ready")
            try:
                self.request("GET", "health", timeout=max(0.1, give_up - time.monotonic()))
            except EmbeddedAwsError:
                if self.alive and time.monotonic() > give_up:
                    raise self._broken(f"the server did not answer within {within:.0f} s") from None
                time.sleep(0.05)
            else:
                return

    @property
    def alive(self) -> bool:
        """Whether the server's process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """Process id of the server; None when it was not started."""
        return self._process.pid if self._process else None

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client of the embedded AWS; one a service and region, shared by all threads."""
        return self.clients.client(service, region)

    @property
    def clients(self) -> ClientCache:
        """The boto3 clients of this server."""
        if self._clients is None:
            raise EmbeddedAwsError("it was not started", fix="Use it as a context manager, or call start() first")
        return self._clients

    def environment(self, base: Mapping[str, str] | None = None) -> dict[str, str]:
        """Environment for a child that talks to this server and to nothing outside this machine."""
        return child_environment(base, region=self.region, endpoint_url=self.endpoint_url)

    def set_clock(self, clock: LaunchClock) -> None:
        """Put timeouts, delays, ages and dates of queues and events on the launch clock, from now on."""
        self.request(
            "POST",
            "clock",
            {"speed": clock.speed, "started_at": clock.started_at, "curve_start": clock.curve_start.timestamp()},
        )

    def queues(self) -> dict[str, QueueReading]:
        """What is in each queue now, by its name."""
        return {name: QueueReading(**reading) for name, reading in self.request("GET", "queues").items()}

    def record_scaling_activity(self, activity: Mapping[str, Any], *, region: str | None = None) -> str:
        """Keep an activity that DescribeScalingActivities then tells; members are those of AWS's ScalingActivity.

        Times are seconds since 1970. With the ActivityId of one that is known, that one is replaced.

        Returns:
            The activity's id.
        """
        body = {"account": self.account_id, "region": region or self.region, "activity": dict(activity)}
        return self.request("POST", "scaling-activities", body)["ActivityId"]

    def request(self, method: str, endpoint: str, body: Any = None, *, timeout: float = 10.0) -> dict[str, Any]:
        """Call one of the server's own endpoints, under ``/surgeproof/``.

        Raises:
            EmbeddedAwsError: The server does not answer, or refuses.
        """
        data = None if body is None else json.dumps(body).encode()
        call = urllib.request.Request(f"{self.endpoint_url}/surgeproof/{endpoint}", data=data, method=method)  # noqa: S310 - our own loopback URL
        try:
            with _OPENER.open(call, timeout=timeout) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise EmbeddedAwsError(f"{method} {endpoint} was refused", last_lines=error.read().decode()) from None
        except OSError as error:
            raise self._broken(f"{method} {endpoint} got no answer ({error})") from None

    def last_lines(self) -> str:
        """The last lines that the server said."""
        if self._said is None:
            return ""
        size = os.fstat(self._said.fileno()).st_size
        said = os.pread(self._said.fileno(), 20_000, max(0, size - 20_000))
        return "\n".join(said.decode(errors="replace").splitlines()[-LAST_LINES:])

    def stop(self) -> None:
        """End the server. Calling it again does nothing."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            if process.stdin:
                process.stdin.close()
        if self._clients is not None:
            self._clients.close()
            self._clients = None
        if self._said is not None:
            self._said.close()
            self._said = None

    def _broken(self, problem: str) -> EmbeddedAwsError:
        return EmbeddedAwsError(problem, last_lines=self.last_lines())


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _server_environment(region: str) -> dict[str, str]:
    """The server starts in another folder, so a relative or empty entry of our path must not be lost."""
    environment = child_environment(region=region)
    package = str(Path(__file__).resolve().parents[2])
    environment["PYTHONPATH"] = os.pathsep.join([environment["PYTHONPATH"], package])
    return environment
