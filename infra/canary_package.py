"""The canary's code as a zip, the same bytes for the same code, whoever packs it and when."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

CODE = Path(__file__).parent / "canaries" / "checkout.py"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip can carry."""
_READABLE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class CanaryPackage:
    """A packed canary.

    Attributes:
        content: The zip.
        handler: Entry point, as Synthetics calls it.
    """

    content: bytes
    handler: str

    @property
    def digest(self) -> str:
        """First 16 hex digits of its SHA-256: what its key in the bucket carries, so that new code is a new object."""
        return hashlib.sha256(self.content).hexdigest()[:16]


def package(code: Path = CODE) -> CanaryPackage:
    """Pack one file where Synthetics looks for Python: in a folder of that name ('Writing a Python canary script')."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        entry = zipfile.ZipInfo(f"python/{code.name}", _LONG_AGO)
        entry.external_attr = _READABLE
        entry.create_system = 3
        # Stored and not deflated: compressors differ from version to version.
        archive.writestr(entry, code.read_bytes(), zipfile.ZIP_STORED)
    return CanaryPackage(held.getvalue(), f"{code.stem}.handler")
