import itertools
import os
import signal
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from surgeproof.localcloud.balancer import Balancer, groups_of
from surgeproof.localcloud.balancer_rules import routing
from surgeproof.localcloud.errors import PartFailedError, PortInUseError
from surgeproof.localcloud.loopback import free_port
from tests.localcloud.visitors import Visitors, eventually


class Task(ThreadingHTTPServer):
    """A server that says its name, on an address of its own."""

    daemon_threads = True

    def __init__(self, name, address) -> None:
        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = name.encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.do_GET()

            def log_message(self, format, *args: object) -> None:  # noqa: A002 - its own name
                pass

        super().__init__((address, 8080), Answer)
        self.name, self.address = name, address
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def handle_error(self, request, client_address):
        """A connection that the balancer resets is none of the test's business."""


@pytest.fixture
def tasks(net):
    made = []
    numbers = itertools.count(1)

    def make() -> Any:
        address, _ = net.next_task({task.address for task in made})
        made.append(Task(f"t{next(numbers)}", address))
        return made[-1]

    yield make
    for task in made:
        task.shutdown()
        task.server_close()


@pytest.fixture
def balancer(folder, reaper):
    front = Balancer(folder=folder, routing=groups_of("arn:web"), reaper=reaper, port=free_port())
    front.start()
    yield front
    front.stop()


def ask(balancer, path="/", method="GET"):
    with socket.create_connection((balancer.host, balancer.port)) as connection:
        connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), body.decode()


def test_adding_draining_and_removing_tasks_under_load_loses_no_request(balancer, tasks):
    first, second = tasks(), tasks()
    for task in (first, second):
        balancer.add("arn:web", task.name, task.address, 8080)
    with Visitors(balancer.port, threads=6, pause=0.002, method="POST") as visitors:
        for _ in range(8):
            newcomer = tasks()
            balancer.add("arn:web", newcomer.name, newcomer.address, 8080)
            assert eventually(lambda name=newcomer.name: balancer.counters()[name].total > 5)
            balancer.drain("arn:web", newcomer.name)
            assert eventually(lambda name=newcomer.name: balancer.counters()[name].open == 0)
            balancer.take_out("arn:web", newcomer.name)
            total = balancer.counters()[newcomer.name].total
            newcomer.shutdown()
            newcomer.server_close()
            assert eventually(lambda name=newcomer.name: balancer.remove("arn:web", name))
            assert total > 5
    assert len(visitors.statuses) > 100
    assert visitors.lost == []
    assert set(balancer.counters()) == {first.name, second.name}
    assert balancer.remove("arn:web", "never-was-there")


@pytest.mark.parametrize("balancing", ["leastconn", "random", "roundrobin"])
def test_each_way_to_choose_a_task_reaches_all(folder, reaper, tasks, balancing):
    front = Balancer(folder=folder, routing=groups_of("arn:w"), reaper=reaper, port=free_port(), balancing=balancing)
    front.start()
    made = [tasks(), tasks()]
    for task in made:
        front.add("arn:w", task.name, task.address, 8080)
    assert {ask(front)[1] for _ in range(40)} == {task.name for task in made}
    front.stop()


def test_without_a_task_visitors_are_told_at_once(balancer):
    assert ask(balancer)[0] == 503


def test_a_task_that_refuses_is_passed_over(balancer, tasks):
    alive = tasks()
    balancer.add("arn:web", alive.name, alive.address, 8080)
    balancer.add("arn:web", "dead", "127.255.255.254", 8080)
    assert {ask(balancer) for _ in range(6)} == {(200, alive.name)}


def test_rules_of_the_listener_choose_the_target_group(folder, reaper, tasks):
    def rule(priority, group, *conditions: Any) -> Any:
        return {
            "Priority": priority,
            "IsDefault": priority == "default",
            "Conditions": list(conditions),
            "Actions": [{"Type": "forward", "TargetGroupArn": group}],
        }

    rules = routing(
        [
            rule("default", "arn:shop"),
            rule("20", "arn:api", {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}),
            rule(
                "10",
                "arn:pay",
                {"Field": "path-pattern", "Values": ["/api/pay?"]},
                {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["POST"]}},
            ),
        ]
    )
    front = Balancer(folder=folder, routing=rules, reaper=reaper, port=free_port())
    front.start()
    names = {}
    for group in ("arn:shop", "arn:api", "arn:pay"):
        task = tasks()
        front.add(group, task.name, task.address, 8080)
        names[group] = task.name
    assert ask(front, "/")[1] == names["arn:shop"]
    assert ask(front, "/apis")[1] == names["arn:shop"]
    assert ask(front, "/api/payX")[1] == names["arn:api"]
    assert ask(front, "/api/orders")[1] == names["arn:api"]
    front.stop()


def test_what_the_balancer_does_not_have_is_told_and_not_guessed():
    unknown = {
        "Priority": "5",
        "Conditions": [{"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}}],
        "Actions": [{"Type": "forward", "TargetGroupArn": "arn:a"}],
    }
    redirect = {"Priority": "6", "Conditions": [], "Actions": [{"Type": "redirect"}]}
    found = routing([unknown, redirect])
    assert found.lines == ()
    assert found.default is None
    assert [words.split(":")[0] for words in found.not_rehearsed] == ["rule 5", "rule 6"]


def test_a_taken_front_door_is_told_with_the_way_out(folder, reaper):
    with socket.create_server(("127.0.0.1", 0)) as other:
        front = Balancer(folder=folder, routing=groups_of("arn:web"), reaper=reaper, port=other.getsockname()[1])
        with pytest.raises(PortInUseError, match=r"The front door can't listen there.*--port"):
            front.start()
    front.stop()


def test_a_dead_balancer_is_noticed(balancer, folder):
    assert not balancer.ended()
    os.kill(balancer.pid, signal.SIGKILL)
    assert eventually(balancer.ended)
    with pytest.raises(PartFailedError, match="runtime socket does not answer"):
        balancer.counters()
