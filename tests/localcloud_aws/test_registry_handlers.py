"""Handlers of images and of whom the account trusts to push them."""

from __future__ import annotations

import json

from surgeproof.localcloud.aws import EmbeddedAws
from tests.localcloud_aws.conftest import Live


def test_a_repository(live: Live):
    repository = live(
        "aws:ecr/repository:Repository",
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        encryptionConfigurations=[{"encryptionType": "KMS", "kmsKey": "arn:aws:kms:eu-west-1:123456789012:key/k"}],
        forceDelete=True,
    )
    repository.stays_as_asked()
    rules = json.dumps(
        {
            "rules": [
                {
                    "rulePriority": 1,
                    "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1},
                    "action": {"type": "expire"},
                }
            ]
        }
    )
    policy = live("aws:ecr/lifecyclePolicy:LifecyclePolicy", repository=repository.identity, policy=rules)
    policy.stays_as_asked()
    policy.go()
    assert repository.change(imageTagMutability="MUTABLE")["imageTagMutability"] == "MUTABLE"
    repository.go()


def test_how_the_registry_is_scanned(aws: EmbeddedAws, live: Live):
    rule = {"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}
    scanning = live(
        "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration", scanType="ENHANCED", rules=[rule]
    )
    scanning.stays_as_asked()
    scanning.delete()
    assert aws.client("ecr").get_registry_scanning_configuration()["scanningConfiguration"]["scanType"] == "BASIC"


def test_an_identity_provider(live: Live, unique: str):
    provider = live(
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        url=f"https://{unique}.example.com",
        clientIdLists=["sts.amazonaws.com"],
    )
    provider.stays_as_asked()
    assert provider.change(clientIdLists=["other"])["clientIdLists"] == ["other"]
    provider.go()
