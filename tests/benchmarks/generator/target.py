"""The target: nginx with one worker on a core of its own, answering from memory, plain and with TLS."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.generator.certificate import write_certificate
from tests.benchmarks.generator.machine import cpu_seconds, pinned

_ITEMS = [{"id": number, "name": f"Serum {number}", "price_cents": 2900 + number} for number in range(20)]
ANSWERS = {
    "= /": (200, "text/html", "<!doctype html><title>Shop</title>" + "<p>Spring launch</p>" * 60),
    "= /products": (200, "application/json", json.dumps({"items": _ITEMS})),
    "/products/": (200, "application/json", json.dumps({**_ITEMS[7], "text": "For all skin. " * 12})),
    "= /cart": (201, "application/json", json.dumps({"cart_id": "c-1", "items": 1})),
    "= /checkout": (201, "application/json", json.dumps({"order_id": "o-1", "status": "placed"})),
}
"""By nginx location: status, content type, body."""

_CONFIG = """\
daemon off;
worker_processes 1;
worker_rlimit_nofile {files};
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections {connections}; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{status}; location / {{ stub_status; }} }}
  server {{
    listen 127.0.0.1:{plain} backlog=4096;
    listen 127.0.0.1:{tls} ssl backlog=4096;
    ssl_certificate {folder}/server.pem;
    ssl_certificate_key {folder}/server.key;
    ssl_session_cache shared:bench:10m;
{locations}
  }}
}}
"""


@dataclass(frozen=True)
class Target:
    """nginx while it runs."""

    plain: str
    tls: str
    ca: Path
    status_port: int
    pid: int

    def requests(self) -> int:
        """Requests answered so far, by nginx's own count."""
        connection = http.client.HTTPConnection("127.0.0.1", self.status_port, timeout=5)
        connection.request("GET", "/")
        text = connection.getresponse().read().decode()
        connection.close()
        return int(text.splitlines()[2].split()[2])

    def cpu(self) -> float:
        """CPU seconds so far."""
        return cpu_seconds(self.pid)


def version() -> str | None:
    """nginx's version; None when it is not installed."""
    if shutil.which("nginx") is None:
        return None
    return subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True).stderr.split("/")[1].strip()


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@contextmanager
def running(folder: Path, *, core: int, connections: int = 8192) -> Generator[Target]:
    """Start nginx on one core, and stop it in the end."""
    plain, tls, status = _free_ports(3)
    ca = write_certificate(folder)
    locations = "\n".join(
        f"    location {where} {{ default_type {kind}; return {code} '{body}'; }}"
        for where, (code, kind, body) in ANSWERS.items()
    )
    config = folder / "nginx.conf"
    config.write_text(
        _CONFIG.format(
            folder=folder,
            status=status,
            plain=plain,
            tls=tls,
            locations=locations,
            connections=connections,
            files=connections + 100,
        )
    )
    process = subprocess.Popen(pinned(core, ["nginx", "-e", str(folder / "error.log"), "-c", str(config)]))
    target = Target(f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{tls}", ca, status, process.pid)
    try:
        _wait(target, folder)
        yield target
    finally:
        process.terminate()
        process.wait(10)


def _wait(target: Target, folder: Path) -> None:
    for _ in range(100):
        try:
            target.requests()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nginx did not start: {(folder / 'error.log').read_text()}")
