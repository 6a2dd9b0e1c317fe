"""For all tests: a CI draws the same examples every time, so that what it refuses can be repeated; people draw new ones."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
