"""No local command reaches a real account: proved with poisoned credentials, in processes that are guarded for good."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.guard import child_environment, clean_environment
from surgeproof.localcloud.guard_site.loopback_guard import is_loopback

POISON = {
    "AWS_ACCESS_KEY_ID": "AKIAPOISONPOISON0000",
    "AWS_SECRET_ACCESS_KEY": "poison",
    "AWS_SESSION_TOKEN": "poison",
    "AWS_PROFILE": "production",
    "AWS_DEFAULT_PROFILE": "production",
    "AWS_ENDPOINT_URL_SQS": "https://sqs.eu-west-3.amazonaws.com",
    "AWS_ROLE_ARN": "arn:aws:iam::999999999999:role/admin",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/tmp/token",  # noqa: S108 - never opened
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/poison",
    "HTTPS_PROXY": "http://127.0.0.1:3128",
    "http_proxy": "http://127.0.0.1:3128",
}


@pytest.fixture
def poisoned(tmp_path: Path) -> dict[str, str]:
    """An environment full of ways to a real account."""
    (tmp_path / ".aws").mkdir()
    for name in ("credentials", "config"):
        (tmp_path / ".aws" / name).write_text(
            "[default]\naws_access_key_id=AKIAPOISONFILE000000\naws_secret_access_key=poison\n"
            "[profile production]\nrole_arn=arn:aws:iam::999999999999:role/admin\nsource_profile=default\n"
        )
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **POISON}


def run(code: str, environment: dict[str, str]) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def test_the_poison_would_work_without_the_guard(poisoned):
    code = "import boto3; print(boto3.Session(profile_name='default').get_credentials().access_key)"
    assert run(code, poisoned) == "AKIAPOISONFILE000000"


def test_a_clean_environment_has_no_way_to_an_account(poisoned):
    clean_environment(poisoned, region="eu-west-1")
    assert not set(POISON.values()) & set(poisoned.values())
    told = run(
        "import boto3; s = boto3.Session(); print(s.get_credentials().access_key, s.region_name, s.available_profiles)",
        poisoned,
    )
    assert told == "embedded eu-west-1 []"


def test_a_guarded_child_has_fake_credentials_and_no_proxy(poisoned):
    environment = child_environment(poisoned)
    told = run(
        "import boto3, urllib.request as r; s = boto3.Session(); "
        "print(s.get_credentials().access_key, s.available_profiles, r.getproxies())",
        environment,
    )
    assert told.startswith("embedded [] {")
    assert "3128" not in told


REFUSED = {
    "connect": "socket.socket().connect(('198.51.100.7', 80))",
    "connect by name": "socket.socket().connect(('sts.amazonaws.com', 443))",
    "connect_ex": "socket.socket().connect_ex(('198.51.100.7', 80))",
    "IPv6": "socket.socket(socket.AF_INET6).connect(('2001:db8::7', 80))",
    "IPv4 in IPv6": "socket.socket(socket.AF_INET6).connect(('::ffff:198.51.100.7', 80))",
    "the C socket below": "__import__('_socket').socket().connect(('198.51.100.7', 80))",
    "create_connection": "socket.create_connection(('sts.amazonaws.com', 443))",
    "UDP": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('198.51.100.7', 53))",
    "UDP with flags": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', 0, ('198.51.100.7', 53))",
    "sendmsg": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('198.51.100.7', 53))",
    "look-up": "socket.getaddrinfo('sts.amazonaws.com', 443)",
    "old look-up": "socket.gethostbyname('sts.amazonaws.com')",
    "reverse look-up": "socket.gethostbyaddr('198.51.100.7')",
    "getnameinfo": "socket.getnameinfo(('198.51.100.7', 53), 0)",
    "instance metadata": "socket.create_connection(('169.254.169.254', 80))",
    "asyncio": "asyncio.run(asyncio.open_connection('sts.amazonaws.com', 443))",
    "uvloop": "uvloop.run(asyncio.open_connection('sts.amazonaws.com', 443))",
    "uvloop by address": "uvloop.run(asyncio.open_connection('198.51.100.7', 443))",
}


def test_every_way_out_is_refused_in_a_child_that_knows_nothing_of_us(tmp_path):
    ways = "\n".join(
        f"""
try:
    {code}
    print('NOT REFUSED {name}')
except PermissionError as error:
    print(type(error).__name__ == 'LoopbackOnlyError', {name!r})
"""
        for name, code in REFUSED.items()
    )
    told = run(f"import socket, asyncio, uvloop\n{ways}", child_environment({"HOME": str(tmp_path)}))
    assert told.splitlines() == [f"True {name}" for name in REFUSED]


def test_boto3_without_an_endpoint_is_refused(poisoned):
    told = run(
        "import boto3\ntry:\n    boto3.client('sts').get_caller_identity()\n"
        "except Exception as error: print(type(error).__name__, 'LoopbackOnly' in repr(error) or 'refused' in str(error))",
        {**child_environment(poisoned), "AWS_MAX_ATTEMPTS": "1"},
    )
    assert "Error" in told


def test_a_grandchild_is_guarded_too(tmp_path):
    told = run(
        "import subprocess, sys; print(subprocess.run([sys.executable, '-c', "
        "'import socket; socket.create_connection((\"198.51.100.7\", 80))'], capture_output=True, text=True).stderr)",
        child_environment({"HOME": str(tmp_path)}),
    )
    assert "LoopbackOnlyError" in told


def test_loopback_works_and_another_sitecustomize_still_runs(tmp_path):
    (tmp_path / "sitecustomize.py").write_text("print('the other one')\n")
    environment = child_environment({"HOME": str(tmp_path), "PYTHONPATH": str(tmp_path)})
    told = run(
        "import socket, uvloop, asyncio\n"
        "server = socket.create_server(('127.0.0.1', 0)); port = server.getsockname()[1]\n"
        "socket.create_connection(('localhost', port)).close()\n"
        "print(uvloop.run(asyncio.open_connection('127.0.0.1', port)) is not None)",
        environment,
    )
    assert told.splitlines() == ["the other one", "True"]


def test_the_toolkit_and_its_children_know_one_error_class(tmp_path):
    told = run(
        "import socket\nfrom surgeproof.localcloud.guard import LoopbackOnlyError\n"
        "try: socket.create_connection(('198.51.100.7', 80))\nexcept LoopbackOnlyError: print('known')",
        child_environment({"HOME": str(tmp_path), "PYTHONPATH": str(Path.cwd())}),
    )
    assert told == "known"


def test_starting_the_embedded_aws_guards_the_process_itself(aws: EmbeddedAws):
    import socket  # noqa: PLC0415 - the patched one

    with pytest.raises(PermissionError, match="not this machine"):
        socket.create_connection(("198.51.100.7", 80))
    assert os.environ["AWS_ACCESS_KEY_ID"] == "embedded"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.255.3.4", "::1", "localhost", "a.localhost", "", None, "::ffff:127.0.0.1", b"127.0.0.1"]
)
def test_loopback_hosts(host):
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "localhost.example.com",
        "127.0.0.1.example.com",
        "128.0.0.1",
        "2130706433",
        "127.1",
        5,
        "fe80::1%eth0",
        "١٢٧.0.0.1",
    ],
)
def test_foreign_hosts(host):
    assert not is_loopback(host)


@given(st.ip_addresses(v=4))
def test_an_address_is_loopback_exactly_in_127(address):
    assert is_loopback(str(address)) == (address.packed[0] == 127 or not any(address.packed))
