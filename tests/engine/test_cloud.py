"""`surgeproof cloud`: an embedded AWS that runs on, and that other tools and the engine's commands find."""

import os
import signal
import subprocess

import pytest

from tests.engine.driving import project_at


def exports(process: subprocess.Popen) -> dict[str, str]:
    """The environment that it prints."""
    told = {}
    for line in process.stdout:
        name, _, value = line.removeprefix("export ").strip().partition("=")
        told[name] = value
        if name == "AWS_SECRET_ACCESS_KEY":
            return told
    raise AssertionError(process.stderr.read())


def test_it_runs_until_ctrl_c_and_others_find_it(tmp_path):
    project = project_at(tmp_path)
    process = project.start("cloud")
    told = exports(process)
    assert project.cloud()["endpoint_url"] == told["AWS_ENDPOINT_URL"]
    project.client("sqs").create_queue(QueueName="mine")
    # As any other tool: a process with this environment and no more.
    script = "import boto3; print(boto3.client('sqs').list_queues()['QueueUrls'][0])"
    environment = {**told, "PATH": os.environ["PATH"]}
    python = project.command()[0]
    listed = subprocess.run([python, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert listed.stdout.strip().endswith("/mine")
    second = project.run("cloud")
    assert second.code == 2
    assert "one runs already" in second.stderr
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0
    process.stdout.close()
    process.stderr.close()
    assert project.cloud() == {"running": False}


def test_it_is_ended_from_elsewhere(tmp_path):
    project = project_at(tmp_path)
    process = project.start("cloud")
    exports(process)
    assert "ended process" in project.run("cloud", "stop").stderr
    assert process.wait(timeout=20) == 0
    process.stdout.close()
    process.stderr.close()
    assert project.run("cloud", "status").code == 1


@pytest.mark.engine
def test_the_engine_uses_it_and_leaves_it_running(tiny):
    process = tiny.start("cloud")
    exports(process)
    tiny.write('queue("orders")')
    tiny.json("up")
    assert len(tiny.client("sqs").list_queues()["QueueUrls"]) == 1
    tiny.json("destroy", "--yes")
    assert tiny.cloud()["running"] is True
    assert tiny.client("sqs").list_queues().get("QueueUrls", []) == []
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0
    process.stdout.close()
    process.stderr.close()
