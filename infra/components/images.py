"""Images: repositories whose tags never move, scanned when an image is pushed, under a key of their own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.account import Account
from infra.components.component import Component, Transforms, component_options
from infra.components.encryption import ADMINISTER, LEND
from infra.tags import CLASSIFICATION


@dataclass(frozen=True, kw_only=True)
class ImagesArgs:
    """What Images are made from.

    Attributes:
        account: Where they lie.
        repositories: Names of the repositories.
        prefix: Start of the key's alias.
        keep: Tagged images that are kept, the newest.
        untagged_days: Days until an image without a tag goes.
        continuous_scan: Whether Inspector scans the account's registry again with each new finding.
        deletion_days: Between the wish to delete the key and its end.
        protect: Whether Pulumi refuses to delete repositories, and images with them.
        transform: Changes to children.
    """

    account: Account
    repositories: Sequence[str]
    prefix: str
    keep: int = 50
    untagged_days: int = 7
    continuous_scan: bool = False
    deletion_days: int = 30
    protect: bool = True
    transform: Transforms | None = None


class Images(Component):
    """Repositories in ECR.

    Attributes:
        repositories: By name.
        key: Their key.
    """

    def __init__(self, name: str, args: ImagesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Images", name, {}, component_options(name, opts, args.transform))
        self._name, self._args = name, args
        self.key = self._key()
        self.repositories = {repository: self._repository(repository) for repository in args.repositories}
        if args.continuous_scan:
            aws.ecr.RegistryScanningConfiguration(
                f"{name}-scanning",
                scan_type="ENHANCED",
                rules=[
                    {
                        "scan_frequency": "CONTINUOUS_SCAN",
                        "repository_filters": [{"filter": "*", "filter_type": "WILDCARD"}],
                    }
                ],
                opts=self._child(),
            )
        self._done({repository: made.repository_url for repository, made in self.repositories.items()})

    def _key(self) -> aws.kms.Key:
        args = self._args
        key = aws.kms.Key(
            f"{self._name}-key",
            description=f"{args.prefix}: images",
            enable_key_rotation=True,
            rotation_period_in_days=365,
            deletion_window_in_days=args.deletion_days,
            policy=policies.document(
                policies.allow("AdministerWithoutUse", ADMINISTER, "*", principal={"AWS": args.account.root()}),
                policies.allow(
                    "UseThroughRegistry",
                    LEND,
                    "*",
                    principal={"AWS": "*"},
                    condition={
                        "StringEquals": {
                            "kms:CallerAccount": args.account.id,
                            "kms:ViaService": [f"ecr.{args.account.region}.amazonaws.com"],
                        }
                    },
                ),
            ),
            tags={CLASSIFICATION: "internal"},
            opts=self._child(protect=args.protect or None),
        )
        aws.kms.Alias(
            f"{self._name}-key-alias", name=f"alias/{args.prefix}-images", target_key_id=key.id, opts=self._child()
        )
        return key

    def _repository(self, repository: str) -> aws.ecr.Repository:
        args, label = self._args, repository.replace("/", "-")
        made = aws.ecr.Repository(
            f"{self._name}-{label}",
            name=repository,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": self.key.arn}],
            force_delete=not args.protect,
            opts=self._child(protect=args.protect or None),
        )
        aws.ecr.LifecyclePolicy(
            f"{self._name}-{label}-lifecycle",
            repository=made.name,
            policy=lifecycle(keep=args.keep, untagged_days=args.untagged_days),
            opts=self._child(),
        )
        return made


def lifecycle(*, keep: int, untagged_days: int) -> str:
    """Policy of a repository: what has no tag goes after days, of what has one the newest stay.

    ECR counts a tag pattern's images together, whatever their tags; what runs by digest is among the newest, or it was
    deployed more than ``keep`` builds ago.
    """
    rules = [
        {
            "rulePriority": 1,
            "description": "Images without a tag go",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": untagged_days,
            },
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 2,
            "description": "The newest stay",
            "selection": {
                "tagStatus": "tagged",
                "tagPatternList": ["*"],
                "countType": "imageCountMoreThan",
                "countNumber": keep,
            },
            "action": {"type": "expire"},
        },
    ]
    return json.dumps({"rules": rules}, separators=(",", ":"))
