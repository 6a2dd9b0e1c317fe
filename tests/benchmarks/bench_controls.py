"""How long all controls take on our production stack, tiled to 300 and to 3,000 resources, and which take longest.

Run it: python tests/benchmarks/bench_controls.py [--json]. Decoding and the import of the catalogue are not in it.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from surgeproof.controls.engine import run_controls  # noqa: E402
from surgeproof.controls.registry import all_controls  # noqa: E402
from surgeproof.graph.model import STACK_TYPE, Graph, Resource  # noqa: E402
from surgeproof.graph.program import run_program  # noqa: E402
from surgeproof.graph.project import Project  # noqa: E402

SIZES = (300, 3_000)
ROUNDS = 5
_PHYSICAL = re.compile(r"\b([a-z]+-(?=[0-9a-f]*\d)[0-9a-f]{8,17})\b")


def tiled(graph: Graph, size: int) -> Graph:
    """Copies of a stack side by side, each with names and ids of its own, until there are that many resources."""
    resources: list[Resource] = []
    number = 0
    while len(resources) < size:
        for item in graph.resources:
            if item.type == STACK_TYPE and number:
                continue
            text = item.model_dump_json()
            if number:
                text = _PHYSICAL.sub(rf"\g<1>{number:02x}", text.replace("shop-production", f"shop{number}-production"))
            resources.append(Resource.model_validate_json(text))
            if len(resources) == size:
                break
        number += 1
    return Graph(project=graph.project, stack=graph.stack, resources=tuple(resources))


def fastest(graph: Graph) -> float:
    """Seconds of all controls, the best of several runs on a graph that nothing has indexed yet."""
    controls = all_controls()
    best = float("inf")
    for _ in range(ROUNDS):
        fresh = Graph.model_construct(project=graph.project, stack=graph.stack, resources=graph.resources)
        began = time.perf_counter()
        run_controls(fresh, controls)
        best = min(best, time.perf_counter() - began)
    return best


def slowest(graph: Graph, count: int = 10) -> list[tuple[str, float]]:
    """The controls that take longest, each alone on a fresh copy, so with the index that it needs."""
    taken = []
    for control in all_controls():
        fresh = Graph.model_construct(project=graph.project, stack=graph.stack, resources=graph.resources)
        began = time.perf_counter()
        run_controls(fresh, [control])
        taken.append((control.id, time.perf_counter() - began))
    return sorted(taken, key=lambda item: -item[1])[:count]


def main() -> None:
    """Print the table."""
    program = run_program(Project.find(ROOT), "production")
    graphs = {size: tiled(program, size) for size in SIZES}
    whole = {size: fastest(graph) for size, graph in graphs.items()}
    longest = dict(slowest(graphs[SIZES[-1]]))
    if "--json" in sys.argv:
        print(json.dumps({"controls": len(all_controls()), "seconds": whole, "longest": longest}, indent=2))
        return
    print(f"{len(all_controls())} controls, best of {ROUNDS}")
    for size, seconds in whole.items():
        print(f"{size:6,} resources  {seconds:7.3f} s   {seconds / size * 1e6:6.0f} µs a resource")
    print(f"longest at {SIZES[-1]:,} resources, alone and with their index:")
    for id_, seconds in longest.items():
        print(f"  {id_:8} {seconds * 1e3:7.1f} ms")


if __name__ == "__main__":
    main()
