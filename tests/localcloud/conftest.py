"""Real parts, shared where starting them takes a while."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest

from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.loopback import LoopbackNet
from surgeproof.localcloud.platform import LocalPlatform
from surgeproof.localcloud.postgres import Postgres
from surgeproof.localcloud.reaper import Reaper
from surgeproof.localcloud.valkey import Valkey
from tests.localcloud.tiny_stack import deploy

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def reaper():
    with Reaper() as watcher:
        yield watcher


@pytest.fixture(scope="session")
def net():
    addresses = LoopbackNet()
    yield addresses
    addresses.close()


@pytest.fixture
def folder():
    """A short path: sockets live in it."""
    path = Path(tempfile.mkdtemp(prefix="sp-test-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def parts_folder():
    path = Path(tempfile.mkdtemp(prefix="sp-test-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def postgres(reaper, net, parts_folder):
    part = Postgres(folder=parts_folder, address=net.database, reaper=reaper, user="shopper", password="s3cret/%")
    part.start()
    yield part
    part.stop()


@pytest.fixture(scope="session")
def valkey(reaper, net, parts_folder):
    part = Valkey(folder=parts_folder, address=net.cache, reaper=reaper)
    part.start()
    yield part
    part.stop()


@pytest.fixture(scope="session")
def aws():
    # Starting it guards the process that it runs in: from here on, this test session reaches this machine alone.
    with EmbeddedAws() as embedded:
        yield embedded


@pytest.fixture
def make_platform(aws):
    """Deploy a tiny stack and give a platform for it; stopped at the end."""
    platforms = []

    def make(prefix, **options: Any) -> Any:
        port = options.pop("front_door", None)
        graph = deploy(aws, prefix=prefix, **options)
        folder = Path(tempfile.mkdtemp(prefix="sp-test-"))
        platform = LocalPlatform(graph=graph, aws=aws, project_root=ROOT, folder=folder, port=port)
        platforms.append(platform)
        return platform

    yield make
    for platform in platforms:
        platform.stop()
