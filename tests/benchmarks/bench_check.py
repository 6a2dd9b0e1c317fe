"""How long `surgeproof check` takes cold on our production stack, and beside Checkov on as many resources, in one run.

Run it: python tests/benchmarks/bench_check.py [--json] [--checkov BIN]. Without --checkov it is installed, in its
version below, into an environment of its own in a temporary folder that goes again.

Checkov reads the same resources as a Terraform plan (`terraform show -json`), made from the graph by the rule in
`terraform_plan`; ours reads them as a state. Both are whole commands, each in a process of its own, by turns.
A check *applies* when it passed or failed on at least one resource.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from surgeproof.graph.model import Graph, Resource  # noqa: E402
from surgeproof.graph.program import run_program  # noqa: E402
from surgeproof.graph.project import Project  # noqa: E402

CHECKOV = "3.3.30"
ROUNDS = 3
OURS = Path(sys.executable).parent / "surgeproof"
LEAST_TIMES = 3.0
MOST_SECONDS = 5.0

# The provider's module to Terraform's prefix, where the module itself is none.
_PREFIXES = {
    "ec2": "", "vpc": "vpc_", "cfg": "config_", "lb": "lb_", "alb": "alb_", "rds": "rds_", "cloudwatch": "cloudwatch_",
    "appautoscaling": "appautoscaling_",
}  # fmt: skip
_TYPES = {
    "aws:rds/clusterInstance:ClusterInstance": "aws_rds_cluster_instance",
    "aws:rds/subnetGroup:SubnetGroup": "aws_db_subnet_group",
    "aws:rds/instance:Instance": "aws_db_instance",
    "aws:lb/loadBalancer:LoadBalancer": "aws_lb",
    "aws:cloudtrail/trail:Trail": "aws_cloudtrail",
    "aws:iam/role:Role": "aws_iam_role",
    "aws:s3/bucket:Bucket": "aws_s3_bucket",
}
_WITH_BYTECODE = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""As users run both: the first round compiles, and the median leaves it out."""
_STATE_KEYS = ("urn", "type", "custom", "id", "inputs", "outputs", "parent", "dependencies")


def snake(text: str) -> str:
    """``kmsMasterKeyId`` as ``kms_master_key_id``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower()


def terraform_type(type_: str) -> str:
    """``aws:sqs/queue:Queue`` as ``aws_sqs_queue``."""
    if type_ in _TYPES:
        return _TYPES[type_]
    _, module, _ = type_.split(":")
    service, _, kind = module.partition("/")
    return f"aws_{_PREFIXES.get(service, f'{service}_')}{snake(kind)}"


def _values(value: Any) -> Any:
    """Properties as a plan writes them: a nested block is a list of one."""
    if isinstance(value, dict):
        return {snake(key): [_values(item)] if isinstance(item, dict) else _values(item) for key, item in value.items()}
    return [_values(item) for item in value] if isinstance(value, list) else value


def _row(item: Resource) -> dict[str, Any]:
    kind, name = terraform_type(item.type), re.sub(r"\W", "_", item.name)
    tags = {key: item.inputs[key] for key in ("tags", "tagsAll") if key in item.inputs}
    rest = {key: value for key, value in item.inputs.items() if key not in tags}
    return {
        "address": f"{kind}.{name}",
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "schema_version": 0,
        "values": {**_values(rest), **{snake(key): value for key, value in tags.items()}},
    }


def terraform_plan(resources: Sequence[Resource]) -> dict[str, Any]:
    """The resources as `terraform show -json` shows a plan that creates them."""
    rows = [_row(item) for item in resources]
    changes = [
        {**{key: row[key] for key in ("address", "mode", "type", "name", "provider_name")},
         "change": {"actions": ["create"], "before": None, "after": row["values"], "after_unknown": {}}}
        for row in rows
    ]  # fmt: skip
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": rows}},
        "resource_changes": changes,
        "configuration": {"root_module": {"resources": []}},
    }


def state_of(resources: Sequence[Resource]) -> dict[str, Any]:
    """The resources as `pulumi stack export` writes them."""
    rows = []
    for item in resources:
        row = {key: value for key, value in item.model_dump(mode="json").items() if key in _STATE_KEYS}
        row["propertyDependencies"] = {key: list(urns) for key, urns in item.property_dependencies.items()}
        rows.append({**row, "protect": item.options.protect, "ignoreChanges": list(item.options.ignore_changes)})
    return {"version": 3, "deployment": {"resources": rows}}


def program() -> Graph:
    """Our own production stack."""
    return run_program(Project.find(ROOT), "production")


@dataclass(frozen=True)
class Ran:
    """One command in a process of its own.

    Attributes:
        wall: Seconds on the clock, which neighbours on the machine stretch.
        processor: Seconds of processor time, which they stretch far less.
        out: Its stdout.
    """

    wall: float
    processor: float
    out: str


def _processor() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def run(*command: str | Path) -> Ran:
    """Run one command; findings are no failure."""
    started, before = time.perf_counter(), _processor()
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, cwd=ROOT, env=_WITH_BYTECODE
    )
    spent = time.perf_counter() - started
    if done.returncode not in {0, 1}:
        raise SystemExit(f"{command[0]} exits {done.returncode}: {done.stderr[-600:]}")
    return Ran(spent, _processor() - before, done.stdout)


def checkov_applies(text: str) -> int:
    """How many of Checkov's checks passed or failed somewhere."""
    content = json.loads(text)
    results = (content if isinstance(content, dict) else content[0])["results"]
    return len({row["check_id"] for key in ("passed_checks", "failed_checks") for row in results.get(key, ())})


def our_applies(text: str) -> int:
    """How many of our controls passed or failed somewhere."""
    return len({row["control"] for row in json.loads(text)["findings"] if row["verdict"] in {"pass", "fail"}})


def installed(folder: Path) -> Path:
    """Checkov, in an environment of its own."""
    uv = shutil.which("uv") or str(ROOT / ".tools/uv/bin/uv")
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(folder)], check=True)
    subprocess.run(
        [uv, "pip", "install", "-q", "--python", str(folder / "bin/python"), f"checkov=={CHECKOV}"], check=True
    )
    return folder / "bin/checkov"


def measured(checkov: Path, folder: Path) -> Iterator[dict[str, Any]]:
    """Rows of the table."""
    started = [run(OURS, "check", "--stack", "production", "--format", "json") for _ in range(ROUNDS)]
    graph = program()
    resources = [item for item in graph.resources if item.type.startswith("aws:") and item.custom]
    yield _told(
        "surgeproof check --stack production",
        started,
        len(resources),
        our_applies(started[0].out),
    )
    plan, state = folder / "plan.json", folder / "state.json"
    plan.write_text(json.dumps(terraform_plan(resources)))
    state.write_text(json.dumps(state_of([item for item in graph.resources if item.custom])))
    their = (
        checkov,
        "-f",
        plan,
        "--framework",
        "terraform_plan",
        "-o",
        "json",
        "--compact",
        "--skip-download",
    )
    our = (OURS, "check", "--state", state, "--format", "json", "--no-waivers")
    runs: dict[str, list[Ran]] = {"ours": [], "theirs": []}
    for _ in range(ROUNDS):
        runs["ours"].append(run(*our))
        runs["theirs"].append(run(*their))
    yield _told(
        "surgeproof check --state",
        runs["ours"],
        len(resources),
        our_applies(runs["ours"][0].out),
    )
    yield _told(
        f"checkov {CHECKOV} on a plan",
        runs["theirs"],
        len(resources),
        checkov_applies(runs["theirs"][0].out),
    )


def _told(name: str, runs: Sequence[Ran], resources: int, applies: int) -> dict[str, Any]:
    middle = statistics.median(ran.wall for ran in runs)
    return {
        "what": name,
        "seconds": round(middle, 2),
        "processor": round(statistics.median(ran.processor for ran in runs), 2),
        "resources": resources,
        "ms_per_resource": round(1000 * middle / resources, 2),
        "applies": applies,
    }


def main() -> None:
    """Print the table, and what it amounts to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--checkov", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        checkov = given.checkov or installed(Path(folder) / "checkov")
        rows = list(measured(checkov, Path(folder)))
    if given.json:
        print(json.dumps(rows, indent=2))
        return
    print(
        f"{'':38} {'seconds':>8} {'processor':>10} {'resources':>10} {'ms/resource':>12} {'apply':>6}   cores {os.cpu_count()}"
    )
    for row in rows:
        print(
            f"{row['what']:38} {row['seconds']:8.2f} {row['processor']:10.2f} {row['resources']:10d} "
            f"{row['ms_per_resource']:12.2f} {row['applies']:6d}"
        )
    whole, ours, theirs = rows
    times = theirs["ms_per_resource"] / ours["ms_per_resource"]
    print(f"whole command, cold: {whole['seconds']} s (goal: at most {MOST_SECONDS:g})")
    print(f"{times:.1f} times as fast a resource as Checkov (goal: at least {LEAST_TIMES:g})")


if __name__ == "__main__":
    main()
