"""Starts the tasks of one service in the way that its command allows."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from surgeproof.localcloud.asgi_command import AsgiCommand, parse_asgi_command
from surgeproof.localcloud.aws_access import AwsAccess
from surgeproof.localcloud.deployed import DeployedService
from surgeproof.localcloud.errors import TaskDefinitionError
from surgeproof.localcloud.loopback import require_free
from surgeproof.localcloud.process import ChildProcess
from surgeproof.localcloud.reaper import Reaper
from surgeproof.localcloud.redirect import redirect
from surgeproof.localcloud.task_child import TaskOrder
from surgeproof.localcloud.task_meter import TaskMeter
from surgeproof.localcloud.task_process import ExecutedTask, ForkedTask, ProxiedTask, TaskProcess
from surgeproof.localcloud.task_proxy import UPSTREAM
from surgeproof.localcloud.task_starter import TaskStarter

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what a container's command says, and what is replaced by one address
INHERITED = ("HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "USER")
"""What a task's environment takes of ours: a container has none of a user's shell."""
NEVER_DEPLOYED = (
    "AWS_ENDPOINT_URL",
    "AWS_ACCESS_KEY",
    "AWS_SECRET",
    "AWS_SESSION",
    "AWS_PROFILE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED",
)
PROXY = "surgeproof.localcloud.task_proxy:app"


class TaskRunner:
    """Knows how a service's tasks are started, and keeps what they share.

    Args:
        service: As deployed.
        aws: Whose endpoint the tasks use.
        hosts: Local address of each deployed host name.
        meter: Where tasks tell what they do.
        folder: Where logs go.
        root: The project, where commands run.
        reaper: Ends all when this process is gone.
    """

    def __init__(
        self,
        service: DeployedService,
        *,
        aws: AwsAccess,
        hosts: Mapping[str, str],
        meter: TaskMeter,
        folder: Path,
        root: Path,
        reaper: Reaper,
    ) -> None:
        self._service, self._meter, self._folder, self._root, self._reaper = service, meter, folder, root, reaper
        self.environment = task_environment(service, aws, hosts)
        self._asgi = parse_asgi_command(service.task.command) if service.task.port else None
        self._starter: TaskStarter | None = None

    @property
    def way(self) -> str:
        """In words: how its tasks run."""
        if self._asgi:
            return "ASGI app, forked from a preloaded process"
        return "command behind a proxy with the virtual CPU" if self._service.task.port else "command"

    def load(self) -> None:
        """Start loading what tasks are forked from; `wait_loaded` waits for it."""
        service = self._service
        command = self._asgi or (_proxy_command() if service.task.port else None)
        if command is None:
            return
        self._starter = TaskStarter(
            service.name,
            command,
            cpu_ms=service.cpu_ms,
            share=service.task.share,
            health_path=service.health.path if service.health else None,
            meter=self._meter,
            env=self.environment,
            cwd=self._root,
            log=self._folder / f"{service.name}.starter.log",
            reaper=self._reaper,
        )

    def wait_loaded(self) -> None:
        """Wait for what `load` began."""
        if self._starter:
            self._starter.wait_loaded()

    def start(self, task: str, slot: int, address: str, inner: str) -> TaskProcess:
        """Start one task; returns before it answers.

        Args:
            task: Its name.
            slot: Its slot in the meter.
            address: Where it has to listen, on the container's port.
            inner: Where its program listens if a proxy stands before it.
        """
        log, port = self._folder / f"{task}.log", self._service.task.port
        if port is None or self._starter is None:
            return ExecutedTask(self._execute(task, log, address))
        require_free(address, port, what=f"Task {task}")
        if self._asgi:
            return ForkedTask(self._starter, TaskOrder(task, address, port, slot, str(log), {}))
        program = ExecutedTask(self._execute(task, log, inner))
        proxy_log = str(self._folder / f"{task}.proxy.log")
        order = TaskOrder(f"{task}.proxy", address, port, slot, proxy_log, {UPSTREAM: f"{inner}:{port}"})
        return ProxiedTask(program, ForkedTask(self._starter, order))

    def listen(self) -> None:
        """Hear of tasks that ended."""
        if self._starter:
            self._starter.listen()

    def stop(self) -> None:
        """End what tasks are forked from; tasks that still run end with it."""
        if self._starter:
            self._starter.stop()

    def _execute(self, task: str, log: Path, address: str) -> ChildProcess:
        environment = {name: value.replace(EVERYWHERE, address) for name, value in self.environment.items()}
        command = [word.replace(EVERYWHERE, address) for word in self._service.task.command]
        return ChildProcess.start(task, command, log=log, reaper=self._reaper, env=environment, cwd=self._root)


def _proxy_command() -> AsgiCommand:
    command = parse_asgi_command(["uvicorn", PROXY, "--no-access-log", "--lifespan", "off"])
    if command is None:
        raise TaskDefinitionError("uvicorn does not understand the proxy's command", fix="Report this as a bug")
    return command


def task_environment(service: DeployedService, aws: AwsAccess, hosts: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of a task: the deployed one with local endpoints, and little of ours.

    Programs named ``python`` are this interpreter: its folder stands first on the PATH.
    """
    base = {name: os.environ[name] for name in INHERITED if name in os.environ}
    base["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    base["PYTHONUNBUFFERED"] = "1"
    guarded = aws.environment(base)
    deployed = redirect(service.task.environment, hosts)
    path = os.pathsep.join(filter(None, [guarded.get("PYTHONPATH"), deployed.pop("PYTHONPATH", None)]))
    kept = {name: value for name, value in deployed.items() if not name.startswith(NEVER_DEPLOYED)}
    return {**guarded, **kept, **({"PYTHONPATH": path} if path else {})}
