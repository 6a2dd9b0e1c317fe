"""Requests as bytes, hooks, headers, and what a journey may expect of an answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.load.client import Client
from surgeproof.load.journey import Journey, Outgoing, Response, after_request, before_request, journey, journeys_in
from surgeproof.load.request_bytes import RequestWriter, body_of, target
from surgeproof.load.run_config import RunConfig
from surgeproof.load.share import CatalogueNumbers, ThinkTimeNumbers
from surgeproof.load.sketch import SketchClient
from surgeproof.load.visitor import Popularity, Visitor
from tests.load.driving import Driven, drive, journeys
from tests.load.site import Site

Run = Callable[..., Driven]


@pytest.fixture
def run(site: Site, plan_file: Callable[..., Path], tmp_path: Path) -> Run:
    def drive_one(function: Callable[[Client, Visitor], None] | Journey) -> Driven:
        of = {"one": function} if isinstance(function, Journey) else journeys(one=function)
        plan = plan_file(mix="{one: 1}", rate=20, seconds=0.5)
        return drive(RunConfig(plan=plan, host=site.url, folder=tmp_path / "run"), of)

    return drive_one


names = st.text(st.sampled_from("abcXYZ-_1"), min_size=1, max_size=8).filter(
    lambda name: name.lower() not in ("host", "content-length", "connection", "transfer-encoding")
)
values = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)


@given(
    st.sampled_from(["POST", "PUT", "PATCH"]),
    st.sampled_from(["application/json", "application/x-www-form-urlencoded"]),
    st.lists(st.binary(max_size=100), min_size=1, max_size=3),
    st.sampled_from([{}, {"Content-Type": "text/plain"}, {"Content-Length-Of-Old": "0"}]),
)
def test_a_beginning_that_is_written_once_makes_the_same_requests(
    method: str, kind: str, bodies: list[bytes], common: dict[str, str]
):
    writer = RequestWriter("x:1", common)
    for body in bodies:
        assert writer.carrying(method, "/a b", kind, body) == writer.full(method, "/a b", {"content-type": kind}, body)


@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD"]),
    st.text(max_size=30),
    st.dictionaries(names, values, max_size=4),
    st.binary(max_size=100),
)
def test_whatever_is_asked_is_one_well_formed_request(method: str, path: str, headers: dict[str, str], body: bytes):
    """h11 reads each as what was meant, and not a byte more."""
    wire = RequestWriter("x:1", {"User-Agent": "us"}).full(method, "/" + path, headers, body)
    parser = h11.Connection(h11.SERVER)
    parser.receive_data(wire)
    read = parser.next_event()
    assert isinstance(read, h11.Request)
    assert read.method == method.encode()
    fields = {name.decode(): value.decode("latin-1") for name, value in read.headers}
    assert fields["host"] == "x:1"
    assert {name.lower(): value for name, value in headers.items()}.items() <= fields.items()
    got = b""
    while not isinstance(event := parser.next_event(), h11.EndOfMessage):
        assert isinstance(event, h11.Data)
        got += bytes(event.data)
    assert got == body
    assert parser.trailing_data == (b"", False)


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"X": "a\r\nEvil: 1"}, "not a value"),
        ({"X\r\nEvil": "1"}, "not the name"),
        ({"": "1"}, "not the name"),
        ({"X": "\u20ac"}, "not a value"),
        ({"Content-Length": "5"}, "not a journey's to set"),
        ({"host": "other"}, "not a journey's to set"),
        ({"X": 5}, "not a value"),
    ],
)
def test_no_header_smuggles_anything(headers: dict[str, Any], words: str):
    with pytest.raises(ValueError, match=words):
        RequestWriter("x", {}).full("GET", "/", headers, b"")


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/a?b=c&d=%20", "/a?b=c&d=%20"),
        ("/a b", "/a%20b"),
        ("/caf\u00e9", "/caf%C3%A9"),
        ("/a#part", "/a"),
        ("/a\r\nX: y", "/a%0D%0AX:%20y"),
    ],
)
def test_paths_are_written_as_they_may_stand_in_a_request(path: str, sent: str):
    assert target(path) == sent


def test_a_path_begins_with_a_slash():
    with pytest.raises(ValueError, match="slash"):
        target("http://elsewhere/")


def test_bodies_and_their_types():
    assert body_of({"a": [1, "x"]}, None) == (b'{"a":[1,"x"]}', "application/json")
    assert body_of(None, {"a": "1 2", "b": ["x", "y"]}) == (b"a=1+2&b=x&b=y", "application/x-www-form-urlencoded")
    assert body_of(None, b"raw") == (b"raw", None)
    assert body_of(None, "caf\u00e9") == ("caf\u00e9".encode(), None)
    with pytest.raises(ValueError, match="not both"):
        body_of(1, b"x")
    with pytest.raises(TypeError, match="not list"):
        body_of(None, [1])


def test_forms_heads_options_and_a_visitors_own_headers(site: Site, run: Run):
    def visit(client: Client, visitor: Visitor) -> None:
        client.get("/", name="home")
        client.headers["Authorization"] = f"Bearer {visitor.number}"
        client.headers["accept"] = "application/json"
        client.post("/cart/items", name="form", data={"sku": "a b", "n": "1"})
        client.put("/cart", name="raw", data=b"\x00\x01", headers={"Content-Type": "application/x"})
        client.get("/cookie/set", name="set")
        client.get("/cookie/show", name="show", headers={"Cookie": "mine=1"})
        del client.headers["Authorization"]
        client.options("/", name="options")
        client.patch("/", name="patch")

    driven = run(visit)
    assert driven.result.failures == []
    by_path = {(seen.method, seen.path): seen for seen in site.seen}
    form, raw = by_path["POST", "/cart/items"], by_path["PUT", "/cart"]
    assert (form.body, form.headers["content-type"]) == (b"sku=a+b&n=1", "application/x-www-form-urlencoded")
    assert (raw.body, raw.headers["content-type"]) == (b"\x00\x01", "application/x")
    assert form.headers["authorization"].startswith("Bearer ")
    assert form.headers["accept"] == "application/json"
    assert by_path["GET", "/"].headers["accept"] == "*/*"
    assert by_path["GET", "/cookie/show"].headers["cookie"].startswith("mine=1; ")
    assert "authorization" not in by_path["OPTIONS", "/"].headers
    assert by_path["PATCH", "/"].headers["content-length"] == "0"
    numbers = {seen.headers["authorization"] for seen in site.seen if "authorization" in seen.headers}
    assert len(numbers) == len(driven.of("form")), "each visitor has his own"


def test_hooks_change_requests_and_see_answers(site: Site, run: Run):
    seen: list[tuple[str, int | None]] = []
    module = ModuleType("mine")

    @before_request
    def sign(request: Outgoing, visitor: Visitor) -> None:
        request.headers["X-Signature"] = f"{visitor.number}:{request.method}:{len(request.body)}"

    @after_request
    def look(request: Outgoing, answer: Response | None, visitor: Visitor) -> None:
        seen.append((request.name, answer.status if answer else None))

    @journey("one")
    def one(client: Client, _: Visitor) -> None:
        client.get("/redirect/302/gzip", name="moved")
        client.post("/cart", name="cart", json={"a": 1})
        client.get("/reset", name="broken")

    vars(module).update(sign=sign, look=look, one=one)
    driven = run(journeys_in(module)["one"])
    count = len(driven.of("moved"))
    signed = {seen.headers.get("x-signature", "")[-6:] for seen in site.seen if seen.path == "/cart"}
    assert signed == {"POST:7"}
    assert all("x-signature" in request.headers for request in site.seen), "on what a redirect leads to as well"
    assert sorted(seen, key=str) == sorted([("moved", 200), ("cart", 200), ("broken", None)] * count, key=str)


def test_an_answer_that_is_not_as_expected_fails_the_journey(run: Run):
    def visit(client: Client, visitor: Visitor) -> None:
        client.get("/chunked", name="list").expect(status=200, json={"a": [1, lambda n: n > 1]}, text="[1, 2]")
        client.get("/status/409", name="conflict", ok={409}).expect(status=(404, 409))
        if visitor.number % 2:
            client.get("/", name="json").expect(json={"items": [1]})
        else:
            client.get("/", name="text").expect(text="no such words")
        client.get("/", name="never")

    driven = run(visit)
    assert "never" not in driven.steps
    assert driven.of("list")["ok"].all()
    assert driven.of("conflict")["ok"].all()
    assert not driven.of("json")["ok"].any()
    assert not driven.of("text")["ok"].any()
    assert driven.result.status_counts["check"] == len(driven.of("list"))
    assert any("the body.items is no list of 1: []" in words for words in driven.result.failures)
    assert any("no 'no such words' in the body" in words for words in driven.result.failures)


def test_the_sketch_takes_every_verb_and_every_expectation(visitor_of_sketch: Visitor):
    client = SketchClient(visitor_of_sketch)
    client.headers["X"] = "1"
    client.head("/", name="head").expect(status=404)
    client.options("/", name="options").expect(json={"no": "matter"})
    client.post("/", name="form", data={"a": "1"}).expect(text="x")
    assert [step[1] for step in client.steps] == ["HEAD", "OPTIONS", "POST"]


@pytest.fixture
def visitor_of_sketch() -> Visitor:
    catalogue = CatalogueNumbers(5, "hero", 0.2, 0.9)
    return Visitor(seed=1, number=1, popularity=Popularity(catalogue), think=ThinkTimeNumbers(0, 0, 1), run_id="sketch")
