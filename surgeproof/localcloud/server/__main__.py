"""Starts the embedded AWS as a process: on a port of 127.0.0.1 or on a socket that the parent bound; ends with its parent."""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import socket
import sys
import threading
from typing import NoReturn

from surgeproof.localcloud.guard import DEFAULT_REGION, guard_process

PR_SET_PDEATHSIG = 1


def _die_with(parent: int, *, by_signal: bool) -> None:
    """End when the parent ends, however it ends.

    The parent holds the other end of our standard input, which the kernel closes with it. The signal is quicker, but
    comes when the *thread* that started us ends, so it is asked for by a main thread alone.
    """
    threading.Thread(target=_end_with_standard_input, name="parent", daemon=True).start()
    if by_signal and sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def _end_with_standard_input() -> None:
    while os.read(0, 1024):
        pass
    os._exit(0)


def _end(*_: object) -> NoReturn:
    os._exit(0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m surgeproof.localcloud.server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port of 127.0.0.1 to listen on; 0 takes a free one")
    parser.add_argument("--fd", type=int, help="a listening socket that was inherited, instead of a port")
    parser.add_argument("--region", default=DEFAULT_REGION, help="region whose services are loaded beforehand")
    parser.add_argument("--parent", type=int, help="process to end with; standard input is its pipe to us")
    parser.add_argument("--by-signal", action="store_true", help="end by signal too, when the parent's thread ends")
    return parser.parse_args()


def main() -> None:
    """Serve until the parent ends, or SIGTERM or SIGINT comes."""
    arguments = _arguments()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, _end)
    if arguments.parent is not None:
        _die_with(arguments.parent, by_signal=arguments.by_signal)
    guard_process(region=arguments.region)

    from surgeproof.localcloud.server.serving import serve  # noqa: PLC0415 - moto is loaded behind the guard

    listener = (
        socket.socket(fileno=arguments.fd)
        if arguments.fd is not None
        else socket.create_server(("127.0.0.1", arguments.port))
    )
    serve(listener, region=arguments.region, announce=arguments.parent is None)


if __name__ == "__main__":
    main()
