"""The embedded AWS that outlives a command: moto keeps all in memory, so its process must run on between two of them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from surgeproof.localcloud.aws import READY_WITHIN, EmbeddedAws
from surgeproof.localcloud.aws_errors import EmbeddedAwsError
from surgeproof.localcloud.engine.folder import StateFolder, read_json, write_privately
from surgeproof.localcloud.guard import DEFAULT_REGION, child_environment, guard_process
from surgeproof.localcloud.reaper_process import birth

ENDS_WITHIN = 5.0
"""Real seconds that its process has to end."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """A running embedded AWS of this project.

    Attributes:
        endpoint_url: Where it listens.
        region: The region of clients that name none.
        pid: Its process.
        birth: When that process began, in the kernel's ticks: a pid may be given to another.
        instance: Tells it from one that listens at the same place later.
        kept: Whether it was started by `surgeproof cloud`: then only that ends it.
    """

    endpoint_url: str
    region: str
    pid: int
    birth: str
    instance: str
    kept: bool

    @property
    def aws(self) -> EmbeddedAws:
        """The embedded AWS as clients see it."""
        return EmbeddedAws.at(self.endpoint_url, region=self.region)

    def environment(self) -> dict[str, str]:
        """What `aws`, boto3 and other tools need to talk to it, and to nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": "embedded",
            "AWS_SECRET_ACCESS_KEY": "embedded",
        }


def noted_cloud(folder: StateFolder) -> Cloud | None:
    """The project's embedded AWS whose process lives, whether it answers or not."""
    told = read_json(folder.cloud)
    try:
        cloud = Cloud(**told) if told else None
    except TypeError:
        return None
    return cloud if cloud is not None and birth(cloud.pid) == cloud.birth else None


def running_cloud(folder: StateFolder) -> Cloud | None:
    """The project's embedded AWS, when one runs and answers."""
    cloud = noted_cloud(folder)
    if cloud is None:
        return None
    try:
        health = cloud.aws.request("GET", "health", timeout=10.0)
    except EmbeddedAwsError:
        return None
    return cloud if health.get("instance") == cloud.instance else None


def start_cloud(folder: StateFolder, *, region: str = DEFAULT_REGION, port: int = 0, kept: bool = False) -> Cloud:
    """Start one that runs on when this command ends.

    Args:
        folder: Where it is noted down.
        region: The region of clients that name none.
        port: Port of 127.0.0.1; 0 takes a free one.
        kept: Whether only `surgeproof cloud` may end it.

    Raises:
        EmbeddedAwsError: The port is taken, or it did not start; carries what it said.
    """
    folder.prepare()
    guard_process(region=region)
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise EmbeddedAwsError(
            f"port {port} of 127.0.0.1 can't be had ({error.strerror})", fix="Name another port, or 0 for a free one"
        ) from None
    endpoint_url = "http://{}:{}".format(*listener.getsockname()[:2])
    with listener, folder.cloud_log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "surgeproof.localcloud.server", "--fd", str(listener.fileno()), "--region", region],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            pass_fds=[listener.fileno()],
            start_new_session=True,
            cwd="/",
            env=_environment(region),
        )
    try:
        instance = _wait(process, endpoint_url, region, folder.cloud_log)
    except BaseException:
        process.kill()
        process.wait()
        raise
    cloud = Cloud(endpoint_url, region, process.pid, birth(process.pid) or "", instance, kept)
    write_privately(folder.cloud, json.dumps(asdict(cloud)))
    return cloud


def stop_cloud(folder: StateFolder) -> Cloud | None:
    """End the project's embedded AWS, and all that it holds with it; None when none runs."""
    cloud = noted_cloud(folder)
    if cloud is not None:
        end_process(cloud.pid, cloud.birth)
    folder.cloud.unlink(missing_ok=True)
    return cloud


def end_process(pid: int, born: str) -> None:
    """End a process by SIGTERM, and by SIGKILL when it does not go; one of another birth is left alone."""
    give_up = time.monotonic() + ENDS_WITHIN
    for signum in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            if birth(pid) == born:
                os.kill(pid, signum)
        while birth(pid) == born and time.monotonic() < give_up:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            time.sleep(0.02)


def _wait(process: subprocess.Popen[bytes], endpoint_url: str, region: str, log: Path) -> str:
    aws = EmbeddedAws.at(endpoint_url, region=region)
    give_up = time.monotonic() + READY_WITHIN
    while True:
        said = log.read_text(errors="replace")[-2000:] if log.exists() else ""
        if process.poll() is not None:
            raise EmbeddedAwsError("the server ended before it was ready", last_lines=said)
        try:
            return str(aws.request("GET", "health", timeout=5.0)["instance"])
        except EmbeddedAwsError:
            if time.monotonic() > give_up:
                raise EmbeddedAwsError("the server did not answer in time", last_lines=said) from None
            time.sleep(0.05)


def _environment(region: str) -> dict[str, str]:
    environment = child_environment(region=region)
    package = str(Path(__file__).resolve().parents[3])
    environment["PYTHONPATH"] = os.pathsep.join([environment["PYTHONPATH"], package])
    return environment
