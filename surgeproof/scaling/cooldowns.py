"""The cooldowns of one service: what a scaling activity forbids for a while."""

from __future__ import annotations

_PAST = float("-inf")


class Cooldowns:
    """When the service may scale again (Application Auto Scaling guide, 'Define cooldown periods').

    In a scale-out cooldown the capacity already added counts: a new wish is computed from the tasks that ran
    when the cooldown began, so only a *larger* scale-out goes further. (Metrics are minutes old: computed from
    the tasks that run by then, the same surge would be answered twice.) A scale-in cooldown blocks scale-in
    and is cut short by any scale-out. We also hold scale-in back during a scale-out cooldown.
    """

    def __init__(self) -> None:
        self._out_until = _PAST
        self._in_until = _PAST
        self._out_base = 0

    def base(self, at: float, running: int) -> int:
        """Tasks from which the next scale-out is computed: those running, or those of the cooldown's start."""
        return self._out_base if at < self._out_until else running

    def allows_in(self, at: float) -> bool:
        """Whether no cooldown holds scale-in back."""
        return at >= self._out_until and at >= self._in_until

    def scaled_out(self, at: float, running: int, cooldown: float) -> None:
        """A policy scaled out: the cooldown begins anew, and keeps its base when it was in effect."""
        self._out_base = self.base(at, running)
        self._out_until = at + cooldown
        self._in_until = _PAST

    def scaled_in(self, at: float, cooldown: float) -> None:
        """A policy scaled in."""
        self._in_until = at + cooldown
