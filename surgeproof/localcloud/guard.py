"""No local command can reach a real account: environment without credentials, sockets that stay on this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from surgeproof.localcloud.guard_site import loopback_guard
from surgeproof.localcloud.guard_site.loopback_guard import LoopbackOnlyError

__all__ = ["LoopbackOnlyError", "child_environment", "clean_environment", "guard_process", "install_loopback_guard"]

GUARD_SITE = Path(loopback_guard.__file__).parent
"""Folder whose sitecustomize guards every Python that finds it on its PYTHONPATH."""

FAKE_ACCESS_KEY = "embedded"
FAKE_SECRET_KEY = "embedded"  # noqa: S105 - it opens nothing: the embedded AWS takes any
DEFAULT_REGION = "eu-west-3"

_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "ftp_proxy"})


def clean_environment(environ: MutableMapping[str, str] | None = None, *, region: str = DEFAULT_REGION) -> None:
    """Drop what could lead to a real account, in place, and put credentials there that open nothing.

    Every ``AWS_*`` variable goes, and the files of profiles are pointed at nothing, so that neither profiles, SSO
    caches, containers nor instance metadata can give credentials. Proxies go too: a proxy on this machine would
    carry a connection out that looks like a local one.

    Args:
        environ: What to clean; this process's environment by default.
        region: The region that AWS clients use by default.
    """
    target = os.environ if environ is None else environ
    for name in list(target):
        if name.startswith("AWS_") or name == "BOTO_CONFIG" or name.lower() in _PROXIES:
            del target[name]
    target.update(
        AWS_ACCESS_KEY_ID=FAKE_ACCESS_KEY,
        AWS_SECRET_ACCESS_KEY=FAKE_SECRET_KEY,
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
        AWS_DEFAULT_REGION=region,
        AWS_REGION=region,
        NO_PROXY="*",
        no_proxy="*",
    )


def child_environment(
    base: Mapping[str, str] | None = None, *, region: str = DEFAULT_REGION, endpoint_url: str | None = None
) -> dict[str, str]:
    """An environment for a child process: clean, and guarded by a sitecustomize on its PYTHONPATH.

    Args:
        base: What to start from; this process's environment by default. It is left as it is.
        region: The region that AWS clients use by default.
        endpoint_url: Where the embedded AWS listens; clients of the child then use it by default.
    """
    environment = dict(os.environ if base is None else base)
    clean_environment(environment, region=region)
    if endpoint_url is not None:
        environment["AWS_ENDPOINT_URL"] = endpoint_url
    path = [entry for entry in environment.get("PYTHONPATH", "").split(os.pathsep) if entry]
    others = [entry for entry in path if entry != str(GUARD_SITE)]
    environment["PYTHONPATH"] = os.pathsep.join([str(GUARD_SITE), *others])
    return environment


def install_loopback_guard() -> None:
    """Make this process refuse every connection and lookup that leaves this machine, for the rest of its life.

    What is refused raises `LoopbackOnlyError` before a packet is sent.
    """
    loopback_guard.install()


def guard_process(*, region: str = DEFAULT_REGION) -> None:
    """Guard this process and all that it starts: clean environment, guarded sockets, PYTHONPATH for its children."""
    clean = child_environment(region=region)
    for name in set(os.environ) - set(clean):
        del os.environ[name]
    os.environ.update(clean)
    install_loopback_guard()
