"""The table of what is emulated, extended and recorded: made from the handlers, so that it is never claimed.

``python -m surgeproof.localcloud.coverage`` prints it; ``docs/emulation.md`` holds it.
"""

from __future__ import annotations

import sys

from surgeproof.localcloud.handlers import HANDLERS, INVOKES, Handler

_HEAD = """\
# What the embedded AWS does with each resource type

Made by `make schemas` from the handlers; a test holds it current.

- **emulated**: the call is made and moto keeps the resource. It may drop attributes that nothing in a rehearsal reads.
- **extended**: moto keeps it, and our server or handler adds what moto lacks; the note says what.
- **recorded**: moto does not keep it, and nothing in a rehearsal reads it. The request that AWS would get is checked
  against botocore's model of the call and recorded.

An input that the call behind a type does not know is an error that names it. A type that is not here is one, too.
The last column says what a handler can do besides creating: **r**ead, **u**pdate, **d**elete.

| resource type | | calls | note | |
|---|---|---|---|---|
"""
_FUNCTIONS = """
## Provider functions

"""


def _can(handler: Handler) -> str:
    kinds = {"read": "r", "update": "u", "delete": "d"}
    return "".join(
        letter for name, letter in kinds.items() if getattr(type(handler), name) is not getattr(Handler, name)
    )


def coverage_table() -> str:
    """The whole page, in Markdown."""
    rows = [
        f"| `{token}` | {handler.kept} | {', '.join(f'`{call}`' for call in handler.calls)} | {handler.note} | {_can(handler)} |"
        for token, handler in sorted(HANDLERS.items())
    ]
    functions = [
        f"- `{token}`: {(answer.__doc__ or '').strip().splitlines()[0]}" for token, answer in sorted(INVOKES.items())
    ]
    return _HEAD + "\n".join(rows) + "\n" + _FUNCTIONS + "\n".join(functions) + "\n"


if __name__ == "__main__":
    sys.stdout.write(coverage_table())
