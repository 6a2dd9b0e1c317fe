"""The secret that RDS manages carries the database's own user: moto's has one user and one password for all."""

from __future__ import annotations

import json
import secrets
from typing import Any

from moto.rds import models


def install() -> None:
    """Let moto's RDS make a secret as AWS does, with the master user of the cluster and a password of its own."""

    def generate_secret_string(self: models.MasterUserSecret) -> str:
        user = self.resource.master_username or "postgres"
        return json.dumps({"username": user, "password": secrets.token_urlsafe(24)})

    changes: dict[str, Any] = {"_generate_secret_string": generate_secret_string}
    for name, method in changes.items():
        setattr(models.MasterUserSecret, name, method)
