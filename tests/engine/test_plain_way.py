"""The plain way: `pulumi preview` and `pulumi up` themselves, on the project's own files, against `surgeproof cloud`.

The language plugin is a stand-in (`language_host.py`); all else is what a user has: CLI, Pulumi.yaml, a stack's file,
the provider as an installed plugin.
"""

import json
import os
import shlex
import signal
import subprocess
import sys
from importlib import metadata

import pytest

from surgeproof.graph.state_source import graph_of_state
from surgeproof.localcloud.engine.workspace import PROVIDER, write_launcher
from tests.engine.driving import ROOT, Driven

pytestmark = pytest.mark.engine


class Plain:
    """A machine with the plugins on it, and a project."""

    def __init__(self, tiny: Driven, told: dict[str, str]) -> None:
        self.root = tiny.root
        home = tiny.root / ".home"
        plugin = home / "plugins" / f"resource-aws-v{metadata.version('pulumi-aws')}"
        tools = tiny.root / ".bin"
        backend = tiny.root / ".backend"
        for folder in (plugin, tools, backend):
            folder.mkdir(parents=True)
        write_launcher(plugin / PROVIDER, "surgeproof.localcloud.engine")
        host = tools / "pulumi-language-python"
        script = ROOT / "tests/engine/language_host.py"
        host.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -u {shlex.quote(str(script))} "$@"\n')
        host.chmod(0o755)
        environment = tiny.environment()
        self.environment = {
            **environment,
            **told,
            "PATH": os.pathsep.join([str(tools), environment["PATH"]]),
            "PULUMI_HOME": str(home),
            "PULUMI_BACKEND_URL": backend.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }

    def pulumi(self, *arguments: str) -> str:
        done = subprocess.run(
            ["pulumi", "--non-interactive", *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout


def test_pulumi_preview_and_up_of_the_local_stack(tiny):
    process = tiny.start("cloud")
    told = process.exports()
    try:
        tiny.write(
            'orders = queue("orders")',
            'queue("late", visibility_timeout_seconds=60, opts=pulumi.ResourceOptions(depends_on=[orders]))',
            'pulumi.export("url", orders.url)',
        )
        plain = Plain(tiny, told)
        plain.pulumi("stack", "init", "local")
        foreseen = graph_of_state(plain.pulumi("preview", "--stack", "local", "--json"))
        assert [resource.name for resource in foreseen.of_type("aws:sqs/queue:Queue")] == ["late", "orders"]
        plain.pulumi("up", "--stack", "local", "--yes", "--skip-preview")
        state = graph_of_state(plain.pulumi("stack", "export", "--stack", "local"))
        assert state.exports["url"] == state.of_type("aws:sqs/queue:Queue")[1].id
        assert len(tiny.client("sqs").list_queues()["QueueUrls"]) == 2
        summary = json.loads(plain.pulumi("preview", "--stack", "local", "--json"))["changeSummary"]
        assert summary == {"same": 3}
        plain.pulumi("destroy", "--stack", "local", "--yes", "--skip-preview")
        assert tiny.client("sqs").list_queues().get("QueueUrls", []) == []
    finally:
        process.end(signal.SIGINT)
