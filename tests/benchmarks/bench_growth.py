"""How the program and its deployment grow with the number of services: a line each for 1, 5, 20 and 80 of them.

``python tests/benchmarks/bench_growth.py [COUNT ...]`` runs the production stack with that many copies of its worker
beside the storefront. The program's CPU is measured in a process of its own, with made-up outputs; the deployment goes
into an embedded AWS of its own. The last columns are per resource: where growth is linear they stay the same.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COUNTS = (1, 5, 20, 80)
ONE = """
import json, sys, time
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.deploy import deploy

project = Project.find(sys.argv[1])
worker = project.settings("production")["services"]["orders"]
more = {f"services.w{number}": worker for number in range(int(sys.argv[2]) - 1)}
run_program(project, "production")  # what is imported once is not growth
began = time.process_time()
graph = run_program(project, "production", overrides=more)
program = time.process_time() - began
with EmbeddedAws() as aws:
    began = time.monotonic()
    deploy(project, "production", more, aws)
    deployed = time.monotonic() - began
print(json.dumps({"resources": sum(item.custom for item in graph.resources), "program": program, "deploy": deployed}))
"""


def main() -> None:
    """Print the table; seconds."""
    counts = [int(text) for text in sys.argv[1:]] or list(COUNTS)
    print(
        f"{'services':>9}{'resources':>11}{'program CPU s':>15}{'deploy s':>10}{'CPU ms each':>13}{'deploy ms each':>16}"
    )
    for count in counts:
        run = subprocess.run(
            [sys.executable, "-c", ONE, str(ROOT), str(count)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            sys.exit(run.stderr[-2000:])
        figures = json.loads(run.stdout.splitlines()[-1])
        resources = figures["resources"]
        print(
            f"{count + 1:9d}{resources:11d}{figures['program']:15.2f}{figures['deploy']:10.2f}"
            f"{figures['program'] / resources * 1000:13.2f}{figures['deploy'] / resources * 1000:16.2f}"
        )


if __name__ == "__main__":
    main()
