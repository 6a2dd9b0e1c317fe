"""Memory and CPU of thousands of journeys in flight; prints a table.

Run: ``python tests/benchmarks/bench_in_flight.py``. Two ways to be in flight: *thinking*, where each journey makes a
request every 20 s, and *held*, where a server keeps every answer back, so that each journey has a
connection of its own. Held journeys are bounded by the open files and the ports of one address (about 28,000 on
Linux). All arrive within some seconds; memory and CPU are read when all are there and none goes.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from surgeproof.load.process import LoadProcess
from surgeproof.load.run_config import RunConfig
from tests.benchmarks.generator.machine import cpu_seconds, memory_mb

ROOT = Path(__file__).resolve().parents[2]
ARRIVING, READ = 20.0, 6.0
"""Real seconds in which all arrive, and in which CPU is read afterwards."""
_FILES_BESIDES = 300
PLAN = """\
name: in-flight
launch: {{date: 2027-03-20, time: "10:00", zone: Europe/Paris}}
curve:
  phases:
    - {{name: surge, duration: {arriving:g}s, rate: {rate:g}}}
    - {{name: hold, duration: 60s, rate: 0}}
journeys:
  mix: {{{journey}: 1}}
  think_time: {{mu: 3, sigma: 0.5, max: 60s}}
  order_step: checkout
  request_timeout: 60s
catalogue: {{products: 50, hero_sku: SERUM-001, hero_share: 0.2, zipf: 0.9, hero_stock: 1000, stock: 100}}
gates: [{{phase: "*", metric: p95, max: 800ms}}]
prewarm: {{enabled: false, lead: 0s, release: 0s, tasks: {{}}}}
"""
JOURNEYS = '''
from surgeproof.load.journey import Client, journey
from surgeproof.load.visitor import Visitor

@journey("thinking")
def thinking(client: Client, visitor: Visitor) -> None:
    """A request every twenty seconds."""
    for _ in range(10):
        client.get("/", name="page")
        client.think(20)

@journey("held")
def held(client: Client, visitor: Visitor) -> None:
    """A request that nobody answers."""
    client.get("/held", name="held")
'''
LOCUSTFILE = """
from pathlib import Path
from surgeproof.load.locust_glue import OpenArrivals, drive_open_arrivals
drive_open_arrivals(journeys=Path(__file__).with_name("journeys.py"), default_plan=Path("none.yaml"))
"""
SERVER = """
import asyncio, resource
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

class Server(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        if not data.startswith(b"GET /held"):
            self.transport.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")

async def main():
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


@contextmanager
def server() -> Generator[str]:
    """URL of a server that answers at once, but for /held."""
    process = subprocess.Popen([sys.executable, "-c", SERVER], text=True, stdout=subprocess.PIPE)
    try:
        if process.stdout is None:
            raise RuntimeError("no pipe")
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()


def measure(kind: str, count: int, url: str, folder: Path) -> list[str]:
    """One row of the table."""
    (folder / "journeys.py").write_text(JOURNEYS)
    (folder / "locustfile.py").write_text(LOCUSTFILE)
    plan = folder / "plan.yaml"
    plan.write_text(PLAN.format(arriving=ARRIVING, rate=count / ARRIVING, journey=kind))
    load = LoadProcess(folder / "locustfile.py")
    try:
        load.start(RunConfig(plan=plan, host=url, folder=folder / "run", seed=1, max_in_flight=2 * count), ROOT)
        at, in_flight = 0.0, 0
        while at < ARRIVING + 3:
            time.sleep(0.25)
            load.check()
            for line in load.progress():
                at, in_flight = line.at, line.in_flight
        if load.pid is None:
            raise RuntimeError("no process")
        begun, before = time.monotonic(), cpu_seconds(load.pid)
        time.sleep(READ)
        cpu = (cpu_seconds(load.pid) - before) / (time.monotonic() - begun)
        after = next((line.in_flight for line in reversed(load.progress())), in_flight)
        memory = memory_mb(load.pid)
    finally:
        load.stop(grace=1)
    return [kind, f"{after:,}", f"{memory:.0f}", f"{cpu:.1%}"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, action="append", default=[])
    counts = parser.parse_args().count or [10_000, 50_000]
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    table = Table("in flight by", "journeys", "memory MB", "CPU of a core", title="Journeys in flight, one process")
    for kind in ("thinking", "held"):
        for count in counts:
            if kind == "held" and count > files - _FILES_BESIDES:
                table.add_row(kind, f"{count:,}", "-", f"only {files:,} open files here")
                continue
            with server() as url, tempfile.TemporaryDirectory() as folder:
                table.add_row(*measure(kind, count, url, Path(folder)))
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
