"""Settings: what is wrong ends the program with one line and status 2."""

from __future__ import annotations

import subprocess
import sys

import pytest

from services.settings import SettingError, read_settings

GOOD = {
    "DATABASE_URL": "postgresql://db.example:5432/shop?sslmode=require",
    "DATABASE_SECRET": '{"username": "shop", "password": "secret"}',
    "CACHE_URL": "rediss://cache.example:6379",
    "EVENT_BUS_NAME": "shop",
    "ORDER_QUEUE_URL": "https://sqs.example/1/orders",
    "AWS_REGION": "eu-west-3",
}


def test_what_the_platform_wires_is_understood():
    settings = read_settings(GOOD)
    assert (settings.database_user, settings.database_password) == ("shop", "secret")
    assert settings.cache_url == "valkeys://cache.example:6379"
    assert settings.pool_size == 5


@pytest.mark.parametrize(
    ("url", "driver", "user"),
    [
        ("rediss://shop@cache.example:6379", "valkeys://cache.example:6379", "shop"),
        ("redis://shop:secret@cache.example:6379/0", "valkey://shop:secret@cache.example:6379/0", None),
        ("redis://cache.example:6379", "valkey://cache.example:6379", None),
    ],
)
def test_a_user_without_a_password_logs_in_by_iam(url: str, driver: str, user: str | None):
    settings = read_settings({**GOOD, "CACHE_URL": url, "CACHE_NAME": "shop-cache"})
    assert (settings.cache_url, settings.cache_user) == (driver, user)
    assert settings.cache_name == ("shop-cache" if user else "")


def test_who_logs_in_by_iam_names_the_cache():
    with pytest.raises(SettingError, match="CACHE_NAME"):
        read_settings({**GOOD, "CACHE_URL": "rediss://shop@cache.example:6379"})


def test_the_worker_needs_its_queue_and_neither_cache_nor_bus():
    less = {name: value for name, value in GOOD.items() if name not in ("CACHE_URL", "EVENT_BUS_NAME")}
    assert read_settings(less, worker=True).order_queue_url == GOOD["ORDER_QUEUE_URL"]
    with pytest.raises(SettingError, match="CACHE_URL"):
        read_settings(less)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "mysql://db/shop"),
        ("DATABASE_URL", "postgresql://db:port/shop"),
        ("DATABASE_SECRET", "hunter2"),
        ("DATABASE_SECRET", '{"username": "shop"}'),
        ("CACHE_URL", "cache.example:6379"),
        ("EVENT_BUS_NAME", " "),
        ("AWS_REGION", ""),
        ("PAYMENT_LATENCY_MS", "fast"),
        ("PAYMENT_LATENCY_MS", "-1"),
        ("PAYMENT_DECLINE_RATE", "1.5"),
        ("PAYMENT_DECLINE_RATE", "nan"),
        ("DATABASE_POOL_SIZE", "0"),
        ("DATABASE_POOL_SIZE", "2.5"),
    ],
)
def test_each_mistake_names_its_variable_and_shows_no_secret(name: str, value: str):
    with pytest.raises(SettingError) as caught:
        read_settings({**GOOD, name: value})
    assert str(caught.value).startswith(f"{name}: ")
    assert "\n" not in str(caught.value)
    if name == "DATABASE_SECRET":
        assert value not in str(caught.value)


@pytest.mark.parametrize(
    "command", [["-m", "uvicorn", "services.storefront.app:app", "--port", "0"], ["-m", "services.orders"]]
)
def test_a_program_without_its_settings_ends_with_one_line_and_status_2(command: list[str]):
    ended = subprocess.run(
        [sys.executable, *command],
        env={"AWS_REGION": "eu-west-3"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 2
    lines = [line for line in ended.stderr.splitlines() if not line.startswith("INFO")]
    assert lines == ["shop: DATABASE_URL: not set. Set it in the task's environment."]
