"""Time from command to verdict, and whether the verdicts repeat: each case with several seeds, one run after another.

python tests/benchmarks/bench_verdicts.py --runs 10 --case spring --case ceiling
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
SPRING = "loadtests/plans/spring.yaml"
CASES = {
    "spring": [SPRING],
    "ceiling": [SPRING, "--set", "services.storefront.scaling.max_tasks=2"],
    "no-prewarm": [SPRING, "--set", "prewarm.enabled=false"],
    "cpu-90": [SPRING, "--set", "services.storefront.scaling.cpu=90"],
    "speed-10": [SPRING, "--speed", "10"],
    "smoke": ["loadtests/plans/smoke.yaml"],
}


def run(arguments: list[str], seed: int) -> dict:
    """One rehearsal, and the seconds that it took."""
    with tempfile.TemporaryDirectory() as out:
        started = time.monotonic()
        command = [
            sys.executable,
            "-m",
            "surgeproof",
            "rehearse",
            *arguments,
            "--seed",
            str(seed),
            "--json",
            "--out",
            out,
        ]
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        took = time.monotonic() - started
        try:
            return {"wall": took, **json.loads(answer.stdout)}
        except json.JSONDecodeError:
            return {"wall": took, "verdict": f"exit {answer.returncode}", "told": answer.stderr[-2000:]}


def row(case: str, seed: int, verdict: dict) -> str:
    """One line of the table."""
    if "gates" not in verdict:
        return f"{case:<11}{seed:>5}  {verdict['verdict']:<8}{verdict['wall']:>7.1f}  {verdict['told']}"
    short = next(g["measured"] for g in verdict["gates"] if g["metric"] == "shortfall" and g["service"] == "storefront")
    p95 = next((g for g in verdict["gates"] if g["metric"] == "p95" and g["step"] == "*"), {})
    chain = next((s["chain"] for s in verdict["scale_out"] if s["chain"]), None)
    crossed = next((s["crossed_at"] for s in verdict["scale_out"] if s["crossed_at"] is not None), None)
    why = [g["name"] for g in verdict["gates"] if g["outcome"] in {"falls", "undecided"}]
    why += [f"{v['name']} {v['value']}" for v in verdict["validity"] if not v["valid"]]
    why += [i["name"] for i in verdict["invariants"] if not i["holds"]]

    def ms(figure: str) -> str:
        value = p95.get(figure)
        return "-" if value is None else f"{value * 1000:.0f}"

    figures = f"{short:>10.0f}{ms('measured'):>9}{ms('replayed'):>9}{chain or 0:>7.0f}{crossed or 0:>9.0f}"
    return f"{case:<11}{seed:>5}  {verdict['verdict']:<8}{verdict['wall']:>7.1f}{figures}  {', '.join(why)}"


def main() -> None:
    """Run the cases and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--case", action="append", choices=sorted(CASES))
    options = parser.parse_args()
    print("case        seed  verdict  wall s  shortfall  p95 ms replayed  chain  crossed  not held")
    for case in options.case or ["spring", "ceiling", "no-prewarm", "cpu-90"]:
        for seed in range(1, options.runs + 1):
            print(row(case, seed, run(CASES[case], seed)), flush=True)


if __name__ == "__main__":
    main()
