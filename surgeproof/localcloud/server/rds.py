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
    _keep_modified_subnet_groups()


def _keep_modified_subnet_groups() -> None:
    """moto takes a subnet group that is modified out of its store, and does not put it back."""
    moto_modify = models.RDSBackend.modify_db_subnet_group

    def modify_db_subnet_group(self: models.RDSBackend, subnet_name: str, description: str, subnets: list[Any]) -> Any:
        group = moto_modify(self, subnet_name, description, subnets)
        self.subnet_groups[subnet_name] = group
        return group

    methods: dict[str, Any] = {"modify_db_subnet_group": modify_db_subnet_group}
    for name, method in methods.items():
        setattr(models.RDSBackend, name, method)
