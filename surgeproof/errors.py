"""The root of every room's errors: what a user can mend, told in one sentence and the mend."""

from __future__ import annotations


class SurgeproofError(Exception):
    """Something the user gave, or the machine lacks, that stops the command (exit 2).

    Reads as one sentence: ``path: problem: got X, allowed Y. Mend.`` Never shown with a traceback.

    Args:
        problem: What is wrong, in a few words, without a full stop.
        path: Where it is: the path of the field (``curve.phases[2].to``) or of the file.
        got: The value that was given, shown with ``repr``; leave out when there is none.
        allowed: What would have been accepted.
        fix: What to do, as an imperative.
    """

    _ABSENT = object()

    def __init__(
        self,
        problem: str,
        *,
        path: str | None = None,
        got: object = _ABSENT,
        allowed: str | None = None,
        fix: str | None = None,
    ) -> None:
        self.problem = problem
        self.path = path
        self.has_got = got is not self._ABSENT
        self.got = got if self.has_got else None
        self.allowed = allowed
        self.fix = fix
        super().__init__(str(self))

    def __str__(self) -> str:
        parts = [self.problem]
        if self.has_got:
            parts.append(f"got {self.got!r}")
        if self.allowed:
            parts.append(f"allowed: {self.allowed}")
        sentence = ", ".join(parts)
        if self.path:
            sentence = f"{self.path}: {sentence}"
        if self.fix:
            sentence = f"{sentence}. {self.fix.rstrip('.')}."
        return sentence
