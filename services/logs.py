"""Where the shop's log goes: one line an event, to the task's standard error, unless the host has set up logging."""

from __future__ import annotations

import logging


def log_to_stderr() -> None:
    """Log the shop from INFO, and everything else from WARNING; does nothing where there is a handler."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("shop").setLevel(logging.INFO)
