"""Gatling, a peer on the JVM (Apache-2.0): a simulation of ours, which has a row once it is built.

``mvn package`` in gatling/. Its users are closed ones, each with a connection of its own. Its report is drawn by
another artefact, under a licence of its own, which is left out: Gatling prints its percentiles as what it compared
in assertions.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12Certificate, serialize_java_truststore

from tests.benchmarks.generator.journeys import CART, CHECKOUT
from tests.benchmarks.generator.latency import Latency

_PROJECT = Path(__file__).with_name("gatling")
WARM_UP = 20.0
"""Seconds of load until the JVM has compiled what it runs. Its own percentiles leave them out."""
_PASSWORD = "benchmark"
"""A PKCS #12 store can't do without one; the certificate in it is public."""


def version(project: Path = _PROJECT) -> str | None:
    """Gatling's version, from its jar; None when the simulation is not built or there is no Java."""
    jars = list((project / "target/dependency").glob("gatling-core-java-*.jar"))
    if not jars or not (project / "target/classes/benchmark/Journey.class").exists() or shutil.which("java") is None:
        return None
    return jars[0].stem.rpartition("-")[2]


def command(folder: Path, url: str, ca: Path, seconds: float, users: int) -> list[str]:
    """So many users at once, without think time; the first ``WARM_UP`` seconds under another name."""
    store = folder / "trust.p12"
    trusted = PKCS12Certificate(x509.load_pem_x509_certificate(ca.read_bytes()), b"benchmark")
    store.write_bytes(serialize_java_truststore([trusted], BestAvailableEncryption(_PASSWORD.encode())))
    settings = {
        "url": url,
        "users": users,
        "warmUp": f"{WARM_UP:.0f}",
        "measured": f"{seconds - WARM_UP:.0f}",
        "cart": CART,
        "checkout": CHECKOUT,
        "gatling.ssl.useInsecureTrustManager": "false",
        "gatling.ssl.trustStore.type": "PKCS12",
        "gatling.ssl.trustStore.file": store,
        "gatling.ssl.trustStore.password": _PASSWORD,
        "gatling.http.enableHostnameVerification": "true",
        "gatling.data.enableAnalytics": "false",
        "gatling.data.console.light": "true",
        "java.util.prefs.userRoot": folder,
    }
    java = [
        "java",
        "-Xmx1G",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        *(f"-D{name}={value}" for name, value in settings.items()),
    ]
    path = f"{_PROJECT}/target/classes:{_PROJECT}/target/dependency/*"
    simulation = ["--simulation", "benchmark.Journey", "--results-folder", str(folder), "--no-reports"]
    return [*java, "-cp", path, "io.gatling.app.Gatling", *simulation]


def latency(out: str) -> Latency:
    """From the assertions that it prints.

    Raises:
        RuntimeError: It did not print one of them.
    """

    def actual(what: str) -> float:
        found = re.search(rf"{what}[^\n]*\(actual : ([0-9.]+)\)", out)
        if found is None:
            raise RuntimeError(f"Gatling did not say its {what}: {out[-2000:]}")
        return float(found[1])

    return Latency(actual("50th percentile"), actual("99th percentile"), int(actual("count of failed")))
