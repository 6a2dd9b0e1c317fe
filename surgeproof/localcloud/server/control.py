"""The server's own endpoints under ``/surgeproof/``: health, launch clock, queue readings, scaling activities, records."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable
from typing import Any

from surgeproof.localcloud.server import scaling_activities, sqs
from surgeproof.localcloud.server.launch_time import CLOCK

PREFIX = "/surgeproof/"
INSTANCE = uuid.uuid4().hex
"""Tells this server from another one that listens at the same place later: all that is kept goes with it."""

_lock = threading.Lock()
_recorded: dict[str, dict[str, Any]] = {}
_made: dict[tuple[str, str], dict[str, Any]] = {}
_preloaded = threading.Event()


def health(_: Any) -> dict[str, Any]:
    """That the server answers, and whether the services' code is loaded."""
    return {
        "status": "ready",
        "instance": INSTANCE,
        "preloaded": _preloaded.is_set(),
        "speed": CLOCK.speed,
        "date": CLOCK.date(),
    }


def follow_clock(clock: Any) -> dict[str, Any]:
    """Put the server's time on a launch clock: speed, started_at (monotonic), curve_start (seconds since 1970)."""
    values = {name: float(clock[name]) for name in ("speed", "started_at", "curve_start")}
    if not values["speed"] > 0:
        raise ValueError(f"speed must be above 0, got {values['speed']}")
    CLOCK.follow(**values)
    for queue in sqs.all_queues():
        queue.wake()
    return {"date": CLOCK.date()}


def queues(_: Any) -> dict[str, Any]:
    """Per queue, by name: messages by place, counts since it was created, age of the oldest in launch seconds."""
    readings = {}
    for queue in sqs.all_queues():
        places = queue.places()
        readings[queue.name] = {
            "visible": places["ready"],
            "in_flight": places["in flight"],
            "delayed": places["delayed"],
            "oldest_age": queue.oldest_age(),
            "sent": queue.sent,
            "received": queue.received,
            "deleted": queue.deleted,
            "region": queue.region,
        }
    return readings


def record_activity(body: Any) -> dict[str, Any]:
    """Keep an activity of the live autoscaler: account, region, activity (AWS's ScalingActivity)."""
    return {"ActivityId": scaling_activities.record(body["account"], body["region"], body["activity"])}


def record_resource(body: Any) -> dict[str, Any]:
    """Keep what would have been created by a call that nothing reads: id, type, operation, request."""
    with _lock:
        _recorded[f"{body['type']}::{body['id']}"] = body
    return {"id": body["id"]}


def forget_resource(body: Any) -> dict[str, Any]:
    """Drop a recorded resource; one that is not there is no error."""
    with _lock:
        return {"found": _recorded.pop(f"{body['type']}::{body['id']}", None) is not None}


def recorded_resources(_: Any) -> dict[str, Any]:
    """All that was recorded."""
    with _lock:
        return {"resources": list(_recorded.values())}


def enter_made(body: Any) -> dict[str, Any]:
    """Keep what a provider has made: urn, type, identity, inputs, outputs."""
    with _lock:
        _made[body["urn"], body["identity"]] = body
    return {"identity": body["identity"]}


def strike_made(body: Any) -> dict[str, Any]:
    """Drop what a provider has deleted; one that is not there is no error."""
    with _lock:
        return {"found": _made.pop((body["urn"], body["identity"]), None) is not None}


def made_resources(_: Any) -> dict[str, Any]:
    """All that a provider has made and not deleted, oldest first."""
    with _lock:
        return {"resources": list(_made.values())}


def preloading_is_over() -> None:
    """Say in `health` that the services' code is loaded."""
    _preloaded.set()


ENDPOINTS: dict[tuple[str, str], Callable[[Any], dict[str, Any]]] = {
    ("GET", "health"): health,
    ("POST", "clock"): follow_clock,
    ("GET", "queues"): queues,
    ("POST", "scaling-activities"): record_activity,
    ("POST", "recorded"): record_resource,
    ("DELETE", "recorded"): forget_resource,
    ("GET", "recorded"): recorded_resources,
    ("POST", "made"): enter_made,
    ("DELETE", "made"): strike_made,
    ("GET", "made"): made_resources,
}


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """WSGI: one JSON answer; 404 for an unknown endpoint, 400 with the reason for a body that is wrong."""
    endpoint = ENDPOINTS.get((environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix(PREFIX)))
    length = int(environ.get("CONTENT_LENGTH") or 0)
    raw = environ["wsgi.input"].read(length) if length else b""
    if endpoint is None:
        status, body = "404 Not Found", {"error": f"no endpoint {environ['REQUEST_METHOD']} {environ['PATH_INFO']}"}
    else:
        try:
            status, body = "200 OK", endpoint(json.loads(raw) if raw else None)
        except (ValueError, KeyError, TypeError) as error:
            status, body = "400 Bad Request", {"error": f"{type(error).__name__}: {error}"}
    payload = json.dumps(body).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(payload)))])
    return [payload]
