"""Settings of what watches and keeps: what is asked for in words, and what is at odds."""

from __future__ import annotations

from typing import Any

import pytest

from infra.account_services_settings import ONCE
from infra.errors import SettingsError
from tests.infra.conftest import stack_settings

SHIPS = {
    "database": {"instances": 2},
    "edge": {"certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/1"},
    "launch_plan": "plan.yaml",
}
PINNED = {"image": f"shop@sha256:{'0' * 64}"}
ASKED = dict.fromkeys(ONCE, "create")


@pytest.mark.parametrize("tier", ["dev", "staging", "production"])
@pytest.mark.parametrize("field", ONCE)
def test_who_owns_the_account_s_services_is_never_guessed(tier: str, field: str):
    services = {key: value for key, value in ASKED.items() if key != field}
    with pytest.raises(SettingsError) as caught:
        stack_settings({**SHIPS, "tier": tier, "account_services": services})
    told = str(caught.value)
    assert f"account_services.{field}: is not set, and {tier} goes to an account, which has one {ONCE[field]}" in told
    assert "allowed: `create` (this stack makes it and owns it) or `existing` (the account has one" in told
    assert f"then add account_services.{field}" in told


@pytest.mark.parametrize("answer", ["create", "existing"])
def test_either_answer_will_do(answer: str):
    settings = stack_settings({**SHIPS, "tier": "dev", "account_services": dict.fromkeys(ONCE, answer)})
    assert settings.account_services.guardduty == answer


def test_on_one_machine_nothing_is_asked_and_nothing_watched():
    settings = stack_settings()
    assert settings.account_services.guardduty is None
    assert (settings.watched, settings.backed_up, settings.budget) == (False, False, None)


def test_what_is_on_where_nothing_is_said():
    told = {
        tier: stack_settings({**SHIPS, "tier": tier, "account_services": ASKED}, web=PINNED, work=PINNED)
        for tier in ("dev", "staging", "production")
    }
    assert {tier: settings.watched for tier, settings in told.items()} == dict.fromkeys(told, True)
    assert {tier: settings.backed_up for tier, settings in told.items()} == {"dev": False, "staging": True, "production": True}  # fmt: skip
    off = {**SHIPS, "tier": "production", "account_services": ASKED}
    assert not stack_settings({**off, "observability": {"enabled": False}}, web=PINNED, work=PINNED).watched
    assert stack_settings({"observability": {"enabled": True}}).watched


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"alerts": {"emails": ["on-call"]}}, "alerts.emails.0: is not an e-mail address, got 'on-call'"),
        ({"alerts": {"pagers": ["http://pager"]}}, "alerts.pagers.0: would carry alarms in the clear"),
        ({"observability": {"canary": {"every": 90}}}, "observability.canary.every: is not a rate of Synthetics"),
        ({"observability": {"canary": {"every": "2h"}}}, "allowed: whole minutes, 1m to 60m"),
        (
            {"observability": {"canary": {"every": 60, "timeout": 61}}},
            "canary.timeout: does not fit between two walks, got 61, allowed: 3 to 60 seconds",
        ),
        ({"observability": {"canary": {"url": "shop.example"}}}, "observability.canary.url: is not accepted"),
        ({"backup": {"retention_days": 7}}, "backup.retention_days: is not accepted, got 7"),
        ({"backup": {"copy_to": "Frankfurt"}}, "backup.copy_to: is not accepted"),
        ({"backup": {"enabled": False, "copy_to": "eu-central-1"}}, "backup.copy_to: is a place for backups"),
        ({"budget": {"monthly": 100, "launch_day": 200}}, "budget.launch_day: is above what the whole month may cost"),
        ({"budget": {"monthly": 100, "launch_day": 50}}, "budget.launch_day: needs the day of the launch"),
        ({"budget": {"monthly": 0}}, "budget.monthly: is not accepted, got 0"),
        (
            {"budget": {"monthly": 100, "cost_centers": ["web", "mail"]}},
            "tags.cost_center: is not a cost center of budget.cost_centers, so that its bill would go to nobody, got 'shop', allowed: web, mail",
        ),
        ({"account_services": {"conformance_pack": "cis"}}, "account_services.conformance_pack: is not accepted"),
        ({"account_services": {"guardduty": "yes"}}, "account_services.guardduty: is not accepted, got 'yes'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place_and_its_mend(changes: dict[str, Any], told: str):
    with pytest.raises(SettingsError) as caught:
        stack_settings(changes)
    assert told in str(caught.value)
