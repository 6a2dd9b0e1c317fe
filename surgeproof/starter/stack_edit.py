"""A service's settings, put into the text of a stack file: comments and order of the rest stay."""

from __future__ import annotations

import json
from typing import Any

import yaml

from surgeproof.graph.project import SETTINGS_KEY
from surgeproof.starter.errors import StarterError
from surgeproof.starter.order import Order

FIRST_PRIORITY = 100
"""Of the rules of the load balancer, for the first service that takes some paths only."""


def with_service(text: str, order: Order, *, file: str) -> str:
    """The text of a stack file with the service added at the end of its services.

    Args:
        text: Of the file.
        order: The service.
        file: Named in errors.

    Raises:
        StarterError: The stack has no services, or one of this name.
    """
    services = _services(text, file)
    known = {key.value: yaml.safe_load(yaml.serialize(value)) for key, value in services.value}
    if order.name in known:
        raise StarterError("has a service of this name", path=file, got=order.name, fix="Take another name")
    indent = services.value[0][0].start_mark.column
    lines = text.splitlines()
    end = _last_line(lines, services)
    block = [f"{' ' * indent}{line}" if line else "" for line in _settings(order, known)]
    return "\n".join([*lines[:end], *block, *lines[end:]]) + "\n"


def _services(text: str, file: str) -> yaml.MappingNode:
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    for key in ("config", SETTINGS_KEY, "services"):
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        node = next((value for name, value in pairs if name.value == key), None)
    if not isinstance(node, yaml.MappingNode) or not node.value or node.flow_style:
        raise StarterError(
            "has no services to add to",
            path=f"{file}: {SETTINGS_KEY}.services",
            fix="Write one service by hand first, a key a line",
        )
    return node


def _last_line(lines: list[str], node: yaml.Node) -> int:
    """Number of lines up to the end of a block: to its last scalar, since a block itself ends where the next begins."""
    last: yaml.Node = node
    while last.value and not isinstance(last, yaml.ScalarNode):
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    end = last.end_mark.line + (1 if last.end_mark.column else 0)
    return min(end, len(lines))


def _settings(order: Order, known: dict[str, Any]) -> list[str]:
    """Lines of the service's settings, not indented."""
    first = next(iter(known.values()))
    image = first.get("image", "shop:local") if isinstance(first, dict) else "shop:local"
    command = ", ".join(json.dumps(word) for word in order.runs)
    lines = [
        f"{order.name}:",
        f"  image: {image} # yours, when it is not the shop's",
        f"  command: [{command}]",
    ]
    if order.shape == "worker":
        return [
            *lines,
            "  cpu: 256",
            "  memory: 512",
            "  handler_timeout: 60s # the worst that one message takes",
            "  scaling:",
            "    range: 2-6",
            "    queue: {acceptable_latency: 60s, processing_time: 200ms}",
        ]
    routed = [service for service in known.values() if service.get("paths") or service.get("hosts")]
    taken = [service.get("rule_priority", FIRST_PRIORITY) for service in routed]
    priority = max((int(number) for number in taken), default=FIRST_PRIORITY - 1) + 1
    return [
        *lines,
        f"  port: {order.port}",
        f'  paths: ["/{order.name}", "/{order.name}/*"]',
        f"  rule_priority: {priority}",
        "  cpu: 256 # a quarter of a vCPU",
        "  memory: 512",
        "  # CPU time of one request, milliseconds of one vCPU, by route. Declared, not measured.",
        "  cpu_ms:",
        '    "*": 10',
        "  health:",
        f"    path: {order.health_path}",
        "  scaling:",
        "    range: 2-8",
        "    cpu: 50",
    ]
