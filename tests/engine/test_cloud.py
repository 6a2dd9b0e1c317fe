"""`surgeproof cloud`: an embedded AWS that runs on, and that other tools and the engine's commands find."""

import os
import signal
import subprocess

import pytest

from tests.engine.driving import project_at


def test_it_runs_until_ctrl_c_and_others_find_it(tmp_path):
    project = project_at(tmp_path)
    process = project.start("cloud")
    told = process.exports()
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
    assert process.end(signal.SIGINT)[0] == 0
    assert project.cloud() == {"running": False}


def test_it_is_ended_from_elsewhere(tmp_path):
    project = project_at(tmp_path)
    process = project.start("cloud")
    process.exports()
    assert "ended process" in project.run("cloud", "stop").stderr
    assert process.end()[0] == 0
    assert project.run("cloud", "status").code == 1


@pytest.mark.engine
def test_the_engine_uses_it_and_leaves_it_running(tiny):
    process = tiny.start("cloud")
    process.exports()
    tiny.write('queue("orders")')
    tiny.json("up")
    assert len(tiny.client("sqs").list_queues()["QueueUrls"]) == 1
    tiny.json("destroy", "--yes")
    assert tiny.cloud()["running"] is True
    assert tiny.client("sqs").list_queues().get("QueueUrls", []) == []
    assert process.end(signal.SIGINT)[0] == 0
