"""When a budget of one day begins and ends, as AWS Budgets writes it. Pure."""

from __future__ import annotations

from datetime import date, timedelta


def launch_window(day: date) -> tuple[str, str]:
    """Start and end of the launch's day, from its midnight to the next one; both in UTC, by which AWS bills."""
    after = day + timedelta(days=1)
    return f"{day:%Y-%m-%d}_00:00", f"{after:%Y-%m-%d}_00:00"
