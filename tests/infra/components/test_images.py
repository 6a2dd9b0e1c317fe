"""Images: repositories whose tags never move, and images by digest."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.components.images import Images, ImagesArgs, lifecycle
from infra.errors import SettingsError
from infra.images_settings import must_be_pinned
from surgeproof.graph.model import Graph
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from tests.infra.conftest import build, one

REPOSITORY = "ecr/repository:Repository"
DIGEST = "sha256:" + "0" * 64


@pytest.fixture(scope="module")
def images() -> Graph:
    return build(
        lambda account: Images(
            "images",
            ImagesArgs(account=account, repositories=["shop", "team/worker"], prefix="shop-test", protect=False),
        )
    )


def test_repositories_are_scanned_encrypted_and_immutable(images: Graph):
    made = images.of_type(f"aws:{REPOSITORY}")
    assert {item.inputs["name"] for item in made} == {"shop", "team/worker"}
    key = one(images, "kms/key:Key")
    for item in made:
        assert item.inputs["imageTagMutability"] == "IMMUTABLE"
        assert item.inputs["imageScanningConfiguration"] == {"scanOnPush": True}
        assert item.inputs["encryptionConfigurations"] == [{"encryptionType": "KMS", "kmsKey": key.outputs["arn"]}]
    assert key.inputs["enableKeyRotation"]
    assert len(images.of_type("aws:ecr/lifecyclePolicy:LifecyclePolicy")) == 2
    assert not images.of_type("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration")


def test_where_shoppers_buy_images_are_kept(production: Graph):
    repository = one(production, REPOSITORY)
    assert repository.options.protect
    assert not repository.inputs["forceDelete"]


def test_a_stack_without_repositories_has_no_key_for_them(local: Graph):
    assert not local.of_type(f"aws:{REPOSITORY}")
    assert not [item for item in local.of_type("aws:kms/key:Key") if "images" in item.name]


def test_the_registry_is_scanned_again_where_asked():
    graph = build(
        lambda account: Images(
            "images", ImagesArgs(account=account, repositories=["shop"], prefix="shop", continuous_scan=True)
        )
    )
    scanning = one(graph, "ecr/registryScanningConfiguration:RegistryScanningConfiguration")
    assert scanning.inputs["scanType"] == "ENHANCED"


@given(st.integers(2, 1000), st.integers(1, 365))
def test_the_lifecycle_says_what_was_asked(keep: int, days: int):
    untagged, tagged = json.loads(lifecycle(keep=keep, untagged_days=days))["rules"]
    assert untagged["selection"]["countNumber"] == days
    assert tagged["selection"]["countNumber"] == keep
    assert untagged["rulePriority"] < tagged["rulePriority"]


@pytest.mark.parametrize(
    ("image", "by_digest", "fine"),
    [
        (f"registry/shop@{DIGEST}", True, True),
        ("registry/shop:1.2", True, False),
        ("registry/shop:1.2", False, True),
        ("registry/shop:latest", False, False),
        ("registry:5000/shop", False, False),
    ],
)
def test_what_counts_as_pinned(image, by_digest, fine):
    if fine:
        must_be_pinned(image, by_digest=by_digest, at="image")
    else:
        with pytest.raises(ValueError, match="may be another image tomorrow"):
            must_be_pinned(image, by_digest=by_digest, at="image")


def test_shoppers_get_an_image_by_digest(project: Project):
    with pytest.raises(
        SettingsError, match=r"services\.storefront\.image: may be another image tomorrow, got 'shop:7'"
    ):
        run_program(project, "production", overrides={"services.storefront.image": "shop:7"})
