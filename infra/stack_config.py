"""The edge of the program: the one place that reads `pulumi.Config`."""

from __future__ import annotations

import json

import pulumi

from infra.errors import SettingsError
from infra.settings import Settings, load_settings


def read_config(stack: str) -> tuple[Settings, str]:
    """Settings of the stack, and its AWS region.

    Args:
        stack: Name of the stack.

    Raises:
        SettingsError: When either is missing, or the settings are not what the model takes.
    """
    region = pulumi.Config("aws").get("region")
    if not region:
        raise SettingsError(
            "is not set", path=f"Pulumi.{stack}.yaml aws:region", fix="Add `aws:region: eu-west-1` under config"
        )
    text = pulumi.Config("surgeproof").get("platform")
    if text is None:
        raise SettingsError(
            "there are no settings",
            path=f"Pulumi.{stack}.yaml surgeproof:platform",
            fix="Copy them from Pulumi.local.yaml and change them",
        )
    try:
        values = json.loads(text)
    except json.JSONDecodeError:
        values = text
    if not isinstance(values, dict):
        raise SettingsError(
            "does not hold a mapping of settings", path=f"Pulumi.{stack}.yaml surgeproof:platform", got=values
        )
    return load_settings(values, stack=stack), region
