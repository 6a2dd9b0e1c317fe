"""Settings of the image repositories."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from infra.quantities import complaint, image_pin
from infra.scaling_settings import Strict

RepositoryName = Annotated[str, Field(pattern=r"^[a-z0-9]+([._/-][a-z0-9]+)*$", min_length=2, max_length=256)]
"""A repository in ECR."""


class ImagesSettings(Strict):
    """Where images lie. Stacks of one account share them, so that one of the stacks has them, and the others name them."""

    repositories: tuple[RepositoryName, ...] = Field(
        default=(), description="Repositories that this stack makes; an image's tag in them never moves"
    )
    keep: int = Field(default=50, ge=2, le=1000, description="Tagged images that are kept, the newest ones")
    untagged_days: int = Field(default=7, ge=1, le=365, description="Until an image without a tag goes")
    continuous_scan: bool = Field(
        default=False,
        description="Inspector scans all images of the account's registry again with each new finding; billed apart",
    )


def must_be_pinned(image: str, *, by_digest: bool, at: str) -> None:
    """Refuse an image that may be another one tomorrow.

    Args:
        image: A service's own.
        by_digest: Whether a tag is not enough: where shoppers buy, and where that is tested.
        at: Path of the setting.
    """
    pin = image_pin(image)
    if pin == "digest" or (pin == "tag" and not by_digest):
        return
    raise complaint(
        "may be another image tomorrow",
        allowed="an image by digest" if by_digest else "an image by digest, or by a tag other than latest",
        fix="Name what scripts/build_images.py prints (registry/repository@sha256:…)",
        at=at,
    )
