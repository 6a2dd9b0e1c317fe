"""A small project, and the engine's commands on it as a user runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CLI = ROOT / ".tools" / "bin"

HEAD = """\
import json
import pulumi
import pulumi_aws as aws

def queue(label, **more):
    opts = more.pop("opts", None)
    return aws.sqs.Queue(label, sqs_managed_sse_enabled=True, opts=opts, **more)
"""


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> dict[str, Any]:
        return json.loads(self.stdout)

    @property
    def changes(self) -> dict[str, int]:
        return self.document["changes"]

    def steps(self, op: str) -> dict[str, list[str]]:
        """Names of the resources that this was done with, and the properties that changed."""
        return {step["name"]: step["properties"] for step in self.document["resources"] if step["op"] == op}


class Running:
    """A command that runs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self.process, self.stdout, self.stderr = process, process.stdout, process.stderr

    def exports(self) -> dict[str, str]:
        """The environment that `cloud` prints."""
        told: dict[str, str] = {}
        for line in self.stdout:
            name, _, value = line.removeprefix("export ").strip().partition("=")
            told[name] = value
            if name == "AWS_SECRET_ACCESS_KEY":
                return told
        raise AssertionError(self.stderr.read())

    def end(self, number: int = 0) -> tuple[int, str]:
        """Its exit code, and what it said on standard error, after a signal when one is given."""
        if number:
            self.process.send_signal(number)
        _, said = self.process.communicate(timeout=60)
        return self.process.returncode, said


@dataclass(frozen=True)
class Driven:
    """A project on disk."""

    root: Path

    def write(self, *lines: str) -> None:
        """The program, after the imports."""
        (self.root / "__main__.py").write_text(HEAD + "\n".join(lines) + "\n")

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "surgeproof.cli.main", *arguments]

    def environment(self) -> dict[str, str]:
        path = os.pathsep.join([str(CLI), os.environ.get("PATH", "")])
        return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}

    def run(self, *arguments: str, timeout: float = 300) -> Done:
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def json(self, *arguments: str) -> Done:
        """Run a command that must go through."""
        done = self.run(*arguments, "--json")
        assert done.code == 0, done.stderr + done.stdout
        return done

    def start(self, *arguments: str) -> Running:
        process = subprocess.Popen(
            self.command(*arguments),
            cwd=self.root,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # A job in the background ignores Ctrl-C, and so would what it starts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
        )
        return Running(process)

    def cloud(self) -> dict[str, Any]:
        """What other tools need to reach the embedded AWS."""
        return self.run("cloud", "status", "--json").document

    def state(self) -> dict[str, dict[str, Any]]:
        """Resources of the state by URN."""
        files = list((self.root / ".surgeproof/state/.pulumi/stacks").glob("*/local.json"))
        if not files:
            return {}
        latest = json.loads(files[0].read_text())["checkpoint"]["latest"]
        return {row["urn"]: row for row in latest.get("resources") or []}

    def client(self, service: str) -> Any:
        """A client of the embedded AWS, as a user makes one from the environment that `cloud status` tells."""
        import boto3  # noqa: PLC0415 - only after the guard of the tests' own process

        told = self.cloud()["environment"]
        return boto3.client(
            service,
            endpoint_url=told["AWS_ENDPOINT_URL"],
            region_name=told["AWS_REGION"],
            aws_access_key_id=told["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=told["AWS_SECRET_ACCESS_KEY"],
        )


def project_at(root: Path, name: str = "tiny") -> Driven:
    (root / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
    (root / "Pulumi.local.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    return Driven(root)
