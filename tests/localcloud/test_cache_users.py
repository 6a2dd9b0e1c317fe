"""The deployed users of a cache, in a real Valkey: who may do what, and that nobody comes in without a login."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from valkey import Valkey as Client
from valkey.exceptions import AuthenticationError, NoPermissionError

from infra.components.cache_login import ACCESS
from services.adapters.valkey.login import IamLogin
from services.settings import read_settings
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


def _environment(graph: Graph) -> dict[str, str]:
    """What a storefront task is told."""
    (definition,) = [
        item
        for item in graph.of_type("aws:ecs/taskDefinition:TaskDefinition")
        if item.inputs["family"].endswith("-storefront")
    ]
    (container,) = json.loads(definition.inputs["containerDefinitions"])
    return {item["name"]: item["value"] for item in container["environment"]}


def test_the_shop_comes_in_with_what_it_is_told_and_a_token(
    graph: Graph, cache: Valkey, monkeypatch: pytest.MonkeyPatch
):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    told = _environment(graph)
    here = redirect(told, deployed_hosts(graph, database="127.0.0.1", cache=cache.address))
    settings = read_settings({**here, "DATABASE_SECRET": ""})
    assert settings.cache_user is not None
    login = IamLogin(user=settings.cache_user, cache=settings.cache_name, region=settings.region)
    url = settings.cache_url.replace(":6379", f":{cache.port}")
    assert url == f"valkey://{cache.address}:{cache.port}"
    with Client.from_url(url, credential_provider=login) as client:
        client.hset("cart", "sku", 2)
        assert client.hget("cart", "sku") == b"2"
        assert client.info("server")["redis_version"]
        for command in ("flushall", "shutdown", "config_get"):
            with pytest.raises(NoPermissionError):
                getattr(client, command)(*(["*"] if command == "config_get" else []))


def test_a_password_is_asked_for_where_a_user_has_one(tmp_path: Path, reaper: Reaper):
    net = LoopbackNet()
    users = [CacheUser("shop", ACCESS, ("right-and-long-enough",))]
    server = Valkey(folder=tmp_path, address=net.cache, reaper=reaper, port=free_port(), users=users)
    server.start()
    try:
        with Client(host=net.cache, port=server.port, username="shop", password="right-and-long-enough") as client:
            assert client.set("key", "value")
        wrong = Client(host=net.cache, port=server.port, username="shop", password="guessed")
        with wrong as client, pytest.raises(AuthenticationError):
            client.get("key")
    finally:
        server.stop()
        net.close()


def test_nobody_comes_in_without_a_login(cache: Valkey):
    with Client(host=cache.address, port=cache.port) as client, pytest.raises(AuthenticationError):
        client.get("cart")


def test_the_tool_has_a_login_of_its_own_for_whoever_fills_the_shop(cache: Valkey):
    with Client.from_url(cache.url.replace("redis", "valkey", 1)) as client:
        client.set("key", "value")
        client.flushdb()
        assert client.dbsize() == 0
        users = {line.split()[1]: line.split()[2] for line in client.acl_list()}
        assert users == {"default": "off", "surgeproof": "on", "shop-local-cache-login-user": "on"}


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
