"""GuardDuty changes the features that it is told of and leaves the others; moto forgets them."""

from __future__ import annotations

from typing import Any

from moto.guardduty import models


def install() -> None:
    """Let moto's detector keep the features that an update does not name."""
    moto_update = models.Detector.update

    def update(self: models.Detector, enable: Any, frequency: Any, sources: Any, features: Any) -> None:
        if features is not None:
            told = {feature["name"]: feature for feature in [*self.features, *features]}
            features = list(told.values())
        moto_update(self, enable, frequency, sources, features)

    changes: dict[str, Any] = {"update": update}
    for name, method in changes.items():
        setattr(models.Detector, name, method)
