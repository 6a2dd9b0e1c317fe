"""The provider plugin ``aws`` as a process: tells its port on standard output, and ends with the engine that started it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent import futures
from importlib import metadata

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from surgeproof.localcloud.engine.provider import UNPROTECT, Provider, is_local
from surgeproof.localcloud.guard import DEFAULT_REGION, guard_process

WORKERS = 16
LARGEST_MESSAGE = 400 << 20
"""Bytes; as much as the engine takes."""
PARENT_EVERY = 0.5
"""Real seconds between two looks whether the engine lives."""


def main() -> int:
    """Serve until the engine ends or sends SIGTERM."""
    endpoint_url = os.environ.get("AWS_ENDPOINT_URL", "")
    region = os.environ.get("AWS_REGION") or DEFAULT_REGION
    if not is_local(endpoint_url):
        sys.stderr.write(
            "surgeproof: AWS_ENDPOINT_URL names no endpoint on this machine. Start it by `surgeproof up`.\n"
        )
        return 2
    guard_process(region=region)
    parent = os.getppid()
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=WORKERS),
        options=[
            ("grpc.max_receive_message_length", LARGEST_MESSAGE),
            ("grpc.max_send_message_length", LARGEST_MESSAGE),
        ],
    )
    provider = Provider(endpoint_url, region=region, version=sdk_version(), unprotect=bool(os.environ.get(UNPROTECT)))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    over = threading.Event()
    # The engine asks a plugin to go by SIGINT and waits for it; a terminal's Ctrl-C does not come here, because the
    # engine starts plugins in groups of their own.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while not over.is_set() and os.getppid() == parent:
        over.wait(PARENT_EVERY)
    # What is being created is finished, and entered in the register of what was made.
    server.stop(grace=10).wait()
    return 0


def sdk_version() -> str:
    """Version of the provider's SDK that the program imports; the engine asks for the plugin of the same."""
    try:
        return metadata.version("pulumi-aws")
    except metadata.PackageNotFoundError:
        return "7.51.1"


if __name__ == "__main__":
    sys.exit(main())
