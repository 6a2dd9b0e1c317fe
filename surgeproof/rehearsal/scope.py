"""What a verdict is about: commit, digests, tool version."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable
from pathlib import Path


def digest(content: bytes) -> str:
    """SHA-256 of some bytes, as `sha256:<hex>`."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def digest_of_files(files: Iterable[Path]) -> str:
    """SHA-256 over names and contents of files, in the order of their names."""
    whole = hashlib.sha256()
    for file in sorted(files):
        whole.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return f"sha256:{whole.hexdigest()}"


def commit(root: Path) -> str | None:
    """Short commit of the project, with `+` when something is not committed; None outside a repository."""

    def git(*arguments: str) -> str | None:
        try:
            answer = subprocess.run(
                ["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=20, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return answer.stdout.strip() if answer.returncode == 0 else None

    head = git("rev-parse", "--short=7", "HEAD")
    if head is None:
        return None
    return f"{head}+" if git("status", "--porcelain", "--untracked-files=no") else head
