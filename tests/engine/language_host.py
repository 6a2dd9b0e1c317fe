"""A stand-in for Pulumi's Python language plugin, which is part of its release: runs a program for the `pulumi` command.

It tells its port on standard output and answers what the engine asks. Only for tests: it knows no virtual environment.
"""

import contextlib
import os
import runpy
import sys
import threading
import warnings
from concurrent import futures
from pathlib import Path

import grpc
from google.protobuf import empty_pb2
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, language_pb2_grpc


class Host(LanguageServer):
    """The Automation API's server, with the program that the engine names."""

    def __init__(self) -> None:
        super().__init__(self._run)
        self._entry = Path()

    def Run(self, request, context):  # noqa: N802
        self._entry = Path(request.info.program_directory) / request.info.entry_point
        # The engine's own address comes apart from the program's arguments.
        request.args.insert(0, sys.argv[-1])
        return super().Run(request, context)

    def _run(self) -> None:
        script = self._entry / "__main__.py" if self._entry.is_dir() else self._entry
        os.chdir(script.parent)
        sys.path.insert(0, str(script.parent))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            runpy.run_path(str(script), run_name="__main__")

    def Handshake(self, request, context):  # noqa: ARG002, N802
        return language_pb2.LanguageHandshakeResponse()

    def Cancel(self, request, context):  # noqa: ARG002, N802
        return vars(empty_pb2)["Empty"]()


def main() -> None:
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=4), options=[("grpc.max_receive_message_length", 400 << 20)]
    )
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(Host(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()


if __name__ == "__main__":
    main()
