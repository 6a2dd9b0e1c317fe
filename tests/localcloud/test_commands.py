from typing import Any

import pytest

from surgeproof.graph.model import Graph, Resource
from surgeproof.localcloud.asgi_command import KEEP_ALIVE, parse_asgi_command
from surgeproof.localcloud.redirect import deployed_hosts, redirect


@pytest.mark.parametrize(
    "command",
    [
        ["uvicorn", "shop:app", "--host", "0.0.0.0", "--port", "8080"],  # noqa: S104 - what containers say
        ["python", "-m", "uvicorn", "--port=8080", "shop:app"],
        ["/usr/local/bin/python3.12", "-m", "uvicorn", "shop:app", "--workers", "4"],
    ],
)
def test_a_uvicorn_command_is_taken_over(command):
    parsed = parse_asgi_command(command)
    assert parsed is not None
    assert parsed.app == "shop:app"
    options = parsed.listening_on("127.9.9.9", 8080)
    assert (options["host"], options["port"], options["workers"]) == ("127.9.9.9", 8080, 1)
    assert options["timeout_keep_alive"] == KEEP_ALIVE


def test_what_the_command_says_of_keep_alive_stands():
    parsed = parse_asgi_command(["uvicorn", "shop:make", "--factory", "--timeout-keep-alive", "5"])
    assert parsed is not None
    assert parsed.options["timeout_keep_alive"] == 5
    assert parsed.factory


@pytest.mark.parametrize(
    "command",
    [
        ["gunicorn", "shop:app"],
        ["node", "server.js"],
        ["sh", "-c", "uvicorn shop:app"],
        ["uvicorn", "shop:app", "--interface", "wsgi"],
        ["uvicorn", "shop:app", "--uds", "/run/shop.socket"],
        ["uvicorn", "shop:app", "--no-such-option"],
        ["uvicorn", "--version"],
        [],
    ],
)
def test_any_other_command_is_executed(command):
    assert parse_asgi_command(command) is None


AURORA, READER, CACHE = (
    "shop.cluster-a1.rds.amazonaws.com",
    "shop.cluster-ro-a1.rds.amazonaws.com",
    "m.c1.cache.amazonaws.com",
)


def graph():
    def resource(type_, **outputs: Any) -> Any:
        return Resource(type=type_, name="x", urn=f"urn:{type_}", outputs=outputs)

    return Graph(
        project="p",
        stack="s",
        resources=(
            resource("aws:rds/cluster:Cluster", endpoint=AURORA, readerEndpoint=READER),
            resource(
                "aws:rds/instance:Instance", address="one.rds.amazonaws.com", endpoint="one.rds.amazonaws.com:5432"
            ),
            resource("aws:elasticache/replicationGroup:ReplicationGroup", primaryEndpointAddress=CACHE),
            resource(
                "aws:elasticache/serverlessCache:ServerlessCache", endpoints=[{"address": "sl.cache", "port": 6379}]
            ),
        ),
        exports={"surgeproof": {"database": {"endpoint": AURORA}, "cache": {"endpoint": "also.cache"}}},
    )


def test_every_host_of_a_database_or_cache_has_its_local_address():
    hosts = deployed_hosts(graph(), database="127.1.1.2", cache="127.1.1.3")
    assert hosts == {
        AURORA: "127.1.1.2",
        READER: "127.1.1.2",
        "one.rds.amazonaws.com": "127.1.1.2",
        CACHE: "127.1.1.3",
        "sl.cache": "127.1.1.3",
        "also.cache": "127.1.1.3",
    }


@pytest.mark.parametrize(
    ("deployed", "local"),
    [
        (f"postgresql://{AURORA}:5432/shop?sslmode=require", "postgresql://127.1.1.2:5432/shop"),
        (f"postgresql://{READER}:5432/shop?sslmode=require&a=b", "postgresql://127.1.1.2:5432/shop?a=b"),
        (f"postgresql://{READER}:5432/shop?a=b&sslmode=verify-full", "postgresql://127.1.1.2:5432/shop?a=b"),
        (f"rediss://{CACHE}:6379", "redis://127.1.1.3:6379"),
        (AURORA, "127.1.1.2"),
        ("https://elsewhere.example/?sslmode=require", "https://elsewhere.example/?sslmode=require"),
        ("", ""),
    ],
)
def test_addresses_are_redirected_and_tls_is_dropped_on_the_way(deployed, local):
    hosts = deployed_hosts(graph(), database="127.1.1.2", cache="127.1.1.3")
    assert redirect({"X": deployed}, hosts) == {"X": local}
