"""`python -m surgeproof`."""

from surgeproof.cli.main import run

run()
