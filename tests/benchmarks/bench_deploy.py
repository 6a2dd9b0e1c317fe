"""How long it takes to deploy the project's stacks into the embedded AWS.

``python tests/benchmarks/bench_deploy.py [STACK ...]`` prints a line a stack, each in a process of its own so that
imports count. Run it on a machine that does nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ONE_STACK = """
import json, os, sys, time
started = time.monotonic()
from surgeproof.localcloud.aws import EmbeddedAws
aws = EmbeddedAws()
aws.launch()
from surgeproof.graph.project import Project
from surgeproof.localcloud.deploy import deploy
imported = time.monotonic()
aws.wait_ready()
ready = time.monotonic()
graph = deploy(Project.find(sys.argv[1]), sys.argv[2], {}, aws)
ended = time.monotonic()
server = open(f"/proc/{aws.pid}/stat").read().rsplit(")", 1)[1].split()
print(json.dumps({
    "resources": sum(resource.id is not None for resource in graph.resources),
    "imports": imported - started, "server ready": ready - started, "deploy": ended - ready, "in all": ended - started,
    "own CPU": time.process_time(), "server CPU": (int(server[11]) + int(server[12])) / os.sysconf("SC_CLK_TCK"),
}))
aws.stop()
"""


def main() -> None:
    """Print the table; seconds."""
    stacks = sys.argv[1:] or ["local", "staging", "production"]
    names: list[str] = []
    for stack in stacks:
        run = subprocess.run(
            [sys.executable, "-c", ONE_STACK, str(ROOT), stack],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        figures = json.loads(run.stdout.splitlines()[-1])
        if not names:
            names = list(figures)
            print("stack".ljust(12), *(name.rjust(12) for name in names))
        print(
            stack.ljust(12),
            *(f"{figures[name]:12.2f}" if name != names[0] else f"{figures[name]:12d}" for name in names),
        )


if __name__ == "__main__":
    main()
