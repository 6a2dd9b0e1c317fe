"""The deployed users of a cache, in a real Valkey: who may do what, and that nobody comes in without a login."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from valkey import Valkey as Client
from valkey.exceptions import AuthenticationError, NoPermissionError

from infra.components.cache_login import ACCESS
from surgeproof.graph.model import Graph
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.localcloud.cache_users import CacheUser, cache_users
from surgeproof.localcloud.loopback import LoopbackNet, free_port
from surgeproof.localcloud.reaper import Reaper
from surgeproof.localcloud.redirect import deployed_hosts, redirect
from surgeproof.localcloud.valkey import Valkey

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return run_program(Project.find(ROOT), "local")


@pytest.fixture
def cache(graph: Graph, tmp_path: Path, reaper: Reaper) -> Iterator[Valkey]:
    net = LoopbackNet()
    server = Valkey(folder=tmp_path, address=net.cache, reaper=reaper, port=free_port(), users=cache_users(graph))
    server.start()
    yield server
    server.stop()
    net.close()


def _address(graph: Graph) -> str:
    """What a task is told: the deployed secret's value."""
    (version,) = [
        item
        for item in graph.of_type("aws:secretsmanager/secretVersion:SecretVersion")
        if str(item.inputs.get("secretString", "")).startswith("rediss://")
    ]
    return str(version.inputs["secretString"])


def test_a_task_comes_in_with_what_it_is_told(graph: Graph, cache: Valkey):
    hosts = deployed_hosts(graph, database="127.0.0.1", cache=cache.address)
    told = redirect({"CACHE_URL": _address(graph)}, hosts)["CACHE_URL"]
    assert told.startswith("redis://shop:")
    with Client.from_url(told.replace(":6379", f":{cache.port}").replace("redis", "valkey", 1)) as client:
        client.hset("cart", "sku", 2)
        assert client.hget("cart", "sku") == b"2"
        assert client.info("server")["redis_version"]
        for command in ("flushall", "shutdown", "config_get"):
            with pytest.raises(NoPermissionError):
                getattr(client, command)(*(["*"] if command == "config_get" else []))


def test_nobody_comes_in_without_a_login(cache: Valkey):
    with Client(host=cache.address, port=cache.port) as client, pytest.raises(AuthenticationError):
        client.get("cart")
    wrong = Client(host=cache.address, port=cache.port, username="shop", password="guessed")
    with wrong as client, pytest.raises(AuthenticationError):
        client.get("cart")


def test_the_tool_has_a_login_of_its_own_for_whoever_fills_the_shop(cache: Valkey):
    with Client.from_url(cache.url.replace("redis", "valkey", 1)) as client:
        client.set("key", "value")
        client.flushdb()
        assert client.dbsize() == 0
        assert {user["username"] for user in [client.acl_getuser("shop") | {"username": "shop"}]} == {"shop"}
        assert "off" in (client.acl_getuser("default") or {})["flags"]


def test_a_cache_without_users_lets_everybody_in(tmp_path: Path, reaper: Reaper):
    net = LoopbackNet()
    server = Valkey(folder=tmp_path, address=net.cache, reaper=reaper, port=free_port())
    server.start()
    try:
        assert server.url == f"redis://{net.cache}:{server.port}/0"
        with Client(host=server.address, port=server.port) as client:
            assert client.ping()
    finally:
        server.stop()
        net.close()


@given(st.lists(st.text("abcXYZ019", min_size=16, max_size=40), max_size=2))
def test_a_user_s_rule_forgets_what_was_before(passwords: list[str]):
    rule = CacheUser("shop", ACCESS, tuple(passwords)).rule
    assert rule.startswith("user shop reset ")
    assert rule.endswith(ACCESS)
    assert [part[1:] for part in rule.split() if part.startswith(">")] == passwords
    assert ("nopass" in rule) == (not passwords)
