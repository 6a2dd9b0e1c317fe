"""Settings of edge, identity, images and load generators: what each wrong value is told, and how to mend it."""

from __future__ import annotations

from typing import Any

import pytest

from infra.errors import SettingsError
from tests.infra.conftest import stack_settings

DOMAIN = {"domain": "shop.example.com"}
ZONE = {**DOMAIN, "hosted_zone_id": "Z123"}
CERTIFICATE = {"certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/x"}
EDGE_CERTIFICATE = {"edge_certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/x"}
BEHIND = {"front": "cloudfront"}
ROLE = {"ci": "github", "repository": "acme/shop", "identity_provider": "create"}


def test_safe_when_nothing_is_said():
    settings = stack_settings()
    assert settings.edge.firewall.enabled
    assert settings.edge.cache.seconds == 5
    assert settings.edge.capacity.units is None
    assert not settings.edge.shield
    assert settings.identity.deploy_role is settings.identity.audit_role is None
    assert settings.load_generators is None


@pytest.mark.parametrize("edge", [{**BEHIND, **ZONE}, {**BEHIND, **DOMAIN, **CERTIFICATE, **EDGE_CERTIFICATE}, BEHIND])
def test_ways_to_stand_behind_cloudfront(edge: dict[str, Any]):
    assert stack_settings({"edge": edge}).edge.front == "cloudfront"


@pytest.mark.parametrize(
    ("edge", "told"),
    [
        ({"hosted_zone_id": "Z123"}, "edge.hosted_zone_id: is a zone without a name in it"),
        (DOMAIN, "edge.domain: has neither a zone to prove it in nor a certificate"),
        (EDGE_CERTIFICATE, "edge.edge_certificate_arn: is of no use without the domain"),
        ({**BEHIND, **CERTIFICATE}, "edge.certificate_arn: does not name CloudFront's own host"),
        ({**BEHIND, **DOMAIN, **CERTIFICATE}, "edge.edge_certificate_arn: is not set, and CloudFront needs"),
        ({"edge_certificate_arn": CERTIFICATE["certificate_arn"]}, "edge.edge_certificate_arn: is not accepted"),
        ({"domain": "Shop.example.com"}, "edge.domain: is not accepted"),
        ({"front": "apache"}, "edge.front: is not accepted, got 'apache'"),
        ({"cache": {"paths": ["/products", "/*"]}}, "edge.cache.paths.1: would keep pages of one shopper for the next"),
        ({"cache": {"paths": ["/c*"]}}, "(/cart*, /checkout*)"),
        ({"cache": {"seconds": "2d"}}, "edge.cache.seconds: is not accepted, got '2d'"),
        ({"capacity": {"units": 50}}, "edge.capacity.units: is less than AWS reserves, got 50, allowed: 100 or more"),
        ({"firewall": {"headroom": 0.5}}, "edge.firewall.headroom: is not accepted, got 0.5"),
        ({"firewall": {"guarded_paths": ["/login*"]}}, "edge.firewall.guarded_paths.0: is not accepted, got '/login*'"),
        ({"firewall": {"window": 90}}, "edge.firewall.window: is not accepted, got 90"),
        ({"firewall": {"load_test_addresses": ["0.0.0.0/0"]}}, "edge.firewall.load_test_addresses.0: is everybody"),
        ({"firewall": {"load_test_addresses": ["10.0.0.1/8"]}}, "load_test_addresses.0: is not a block of addresses"),
        ({"firewall": {"enabled": False}, "shield": True}, "edge.shield: answers attacks with rules of the firewall"),
        ({"payment_page": {"scripts": ["https://js.example.com/v3"]}}, "scripts.0: is not an origin of scripts"),
        ({"payment_page": {"scripts": ["'unsafe-inline'"]}}, "scripts.0: is not an origin of scripts"),
    ],
)
def test_refuses_an_edge(edge: dict[str, Any], told: str):
    with pytest.raises(SettingsError) as caught:
        stack_settings({"edge": edge})
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"deploy_role": ROLE}, "deploy_role.branch: neither branch nor environment is given"),
        ({"deploy_role": {**ROLE, "branch": "main", "environment": "p"}}, "branch: says the same as environment"),
        ({"deploy_role": {**ROLE, "branch": "release/*"}}, "deploy_role.branch: would let more than one in"),
        (
            {"deploy_role": {**ROLE, "repository": "acme/*", "branch": "main"}},
            "deploy_role.repository: is not accepted",
        ),
        (
            {"deploy_role": {**ROLE, "ci": "gitlab", "environment": "production"}},
            "deploy_role.environment: is not part of the subject of GitLab's tokens",
        ),
        ({"audit_role": {"principals": []}}, "audit_role.principals: is not accepted"),
        ({"audit_role": {"principals": ["arn:aws:iam::123456789012:root"]}}, "does not name one role or user"),
        ({"audit_role": {"principals": ["arn:aws:iam::123456789012:role/*"]}}, "does not name one role or user"),
    ],
)
def test_refuses_an_identity(changes: dict[str, Any], told: str):
    with pytest.raises(SettingsError) as caught:
        stack_settings({"identity": changes})
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"images": {"repositories": ["Shop"]}}, "images.repositories.0: is not accepted, got 'Shop'"),
        ({"images": {"keep": 1}}, "images.keep: is not accepted, got 1"),
        ({"load_generators": {"image": "load:1", "cpu": 300}}, "load_generators.cpu: is no size that Fargate has"),
        ({"load_generators": {"image": "load:1", "memory": 512}}, "load_generators.memory: does not go with 2048"),
        ({"load_generators": {}}, "load_generators.image: is not set"),
    ],
)
def test_refuses_images_and_generators(changes: dict[str, Any], told: str):
    with pytest.raises(SettingsError) as caught:
        stack_settings(changes)
    assert told in str(caught.value)
