"""Settings of backups: how long, locked or not, and the second region."""

from __future__ import annotations

from pydantic import Field, model_validator

from infra.quantities import complaint
from infra.scaling_settings import Strict

PCI_DAYS = 35
"""Days that what holds orders is kept for, at least: as long as Aurora itself can go back."""


class BackupSettings(Strict):
    """AWS Backup of what is tagged ``backup: daily``."""

    enabled: bool | None = Field(default=None, description="Left out: on where shoppers buy and where it is tested")
    retention_days: int = Field(default=PCI_DAYS, ge=PCI_DAYS, le=3650)
    lock: bool | None = Field(
        default=None,
        description="Vault Lock in compliance mode: after the days to think it over, nobody can shorten it. "
        "Left out: on where data is kept",
    )
    days_to_think: int = Field(default=7, ge=3, le=365, description="Until the lock can't be taken back")
    copy_to: str | None = Field(
        default=None, pattern=r"^[a-z]{2}(-[a-z]+)+-\d$", description="A second region that every backup is copied to"
    )

    @model_validator(mode="after")
    def _copies_elsewhere(self) -> BackupSettings:
        if self.copy_to is not None and self.enabled is False:
            raise complaint("is a place for backups that are switched off", fix="Take it out", at="copy_to")
        return self
