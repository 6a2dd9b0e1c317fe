"""The Pulumi program: parse the stack's settings, build the platform, export what tools read."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Pulumi runs this file with its own folder first on the path, where platform.py would stand before the
# standard library's module of that name.
sys.path[:] = [str(ROOT), *(entry for entry in sys.path if Path(entry).resolve() != ROOT / "infra")]

import pulumi  # noqa: E402 - after the path is set

from infra.platform import Platform  # noqa: E402
from infra.stack_config import read_config  # noqa: E402
from infra.tags import tag_everything  # noqa: E402

stack = pulumi.get_stack()
settings, region = read_config(stack)
tag_everything(
    {
        "project": settings.prefix,
        "environment": stack,
        "owner": settings.tags.owner,
        "cost-center": settings.tags.cost_center,
        "data-classification": "internal",
        "pci-scope": "out",
    }
)
platform = Platform(f"{settings.prefix}-{stack}", settings=settings, region=region, root=ROOT)
pulumi.export("surgeproof", platform.exports())
