"""The seed of a run for which nobody names one: the same in a rehearsal, a load test and Locust's own command line."""

from __future__ import annotations

DEFAULT_SEED = 7
