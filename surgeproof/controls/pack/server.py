"""The analyzer that the engine starts: the SDK's own servicer, with each request decoded once instead of once a policy.

The SDK decodes every resource again for every policy; with a hundred policies that is seconds a preview. Here the
policies find it decoded, and the SDK gets the request without its properties.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer

from surgeproof import __version__
from surgeproof.controls.control import Control
from surgeproof.controls.errors import ControlsError
from surgeproof.controls.own_team import load_team_controls
from surgeproof.controls.pack.judgement import Judge
from surgeproof.controls.pack.policies import policies_of
from surgeproof.controls.pack.seen import Seen
from surgeproof.controls.parameters import FILE, Values, load_parameters
from surgeproof.controls.registry import all_controls
from surgeproof.controls.waivers import load_waivers

NAME = "surgeproof"
WAIVERS_FILE = "waivers.yaml"
_LONGEST = 400 * 1024 * 1024
"""Bytes of a message: what the engine itself allows (pulumi/sdk/go/common/util/rpcutil)."""


class DecodingOnce(_PolicyAnalyzerServicer):
    """The SDK's servicer, fed with requests that are decoded already."""

    def __init__(self, controls: Iterable[Control], judge: Judge) -> None:
        self._seen = Seen()
        policies = policies_of(controls, judge, self._seen)
        super().__init__(
            NAME,
            __version__,
            policies,
            EnforcementLevel.ADVISORY,
            description="Controls of an AWS stack that takes payments, with who published each requirement.",
            display_name="Surgeproof controls",
            provider="aws",
        )

    def Analyze(self, request: Any, _context: Any) -> Any:  # noqa: N802 - the protocol's name
        """Judge one resource before it is made."""
        self._seen.analyze(request)
        try:
            return super().Analyze(_without_properties(request), _context)
        finally:
            self._seen.forget()

    def AnalyzeStack(self, request: Any, _context: Any) -> Any:  # noqa: N802 - the protocol's name
        """Judge the whole stack."""
        self._seen.analyze_stack(request)
        try:
            # The policies have the graph; the SDK needs no resource for them.
            return super().AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(), _context)
        finally:
            self._seen.forget()


def _without_properties(request: Any) -> Any:
    return analyzer_pb2.AnalyzeRequest(type=request.type, urn=request.urn, name=request.name, options=request.options)


def judge_of(folder: Path) -> tuple[tuple[Control, ...], Judge]:
    """Controls, parameters and waivers of a pack's folder; a file that is none is told by a policy, not by a crash.

    Args:
        folder: Where ``waivers.yaml``, ``parameters.yaml`` and ``controls/`` may lie.
    """
    fault: ControlsError | None = None
    waivers = []
    parameters: Values = {}
    file = folder / Path(FILE).name
    try:
        load_team_controls(folder / "controls")
        if file.is_file():
            parameters = load_parameters(file, all_controls())
        if (folder / WAIVERS_FILE).is_file():
            waivers = load_waivers(folder / WAIVERS_FILE)
    except ControlsError as error:
        fault = error
    return all_controls(), Judge(tuple(waivers), fault, parameters=parameters)


def serve(folder: Path) -> None:
    """Answer the engine until it ends this process; the port is the first line on stdout, as it expects.

    Args:
        folder: Of the pack.
    """
    server = grpc.server(
        ThreadPoolExecutor(max_workers=4),
        options=[("grpc.max_receive_message_length", _LONGEST), ("grpc.max_send_message_length", _LONGEST)],
    )
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(DecodingOnce(*judge_of(folder)), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.stop(0)
