"""How many connections this process may open: each is a file, and one too many would look like a broken server."""

from __future__ import annotations

import resource

_KEPT_FREE = 200
"""Files for everything but connections to the target."""


def room_for_connections() -> int:
    """Raise the soft limit of open files to the hard one, and return what is left for connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
        except (ValueError, OSError):
            # macOS says unlimited and takes less: the soft limit stands.
            soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft == resource.RLIM_INFINITY:
        return 1_000_000
    return max(1, soft - _KEPT_FREE)
