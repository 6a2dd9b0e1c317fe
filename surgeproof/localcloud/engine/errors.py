"""What can go wrong with the real engine on this machine; each names the mend."""

from __future__ import annotations

from pathlib import Path

from surgeproof.localcloud.errors import LocalCloudError

LOCAL_STACK = "local"


class CliMissingError(LocalCloudError):
    """There is no Pulumi CLI, or not one that can be used."""

    def __init__(self, problem: str, *, path: str | None = None) -> None:
        super().__init__(
            problem,
            path=path,
            fix=(
                "Install Pulumi's own release (https://www.pulumi.com/docs/install/), or build it in a checkout of this "
                "project with `make pulumi` (Go 1.26, five minutes once)"
            ),
        )


class NotLocalError(LocalCloudError):
    """Another stack than the local one was named: that one lives in an account."""

    def __init__(self, stack: str, command: str) -> None:
        super().__init__(
            "only the local stack runs in the embedded AWS",
            path="--stack",
            got=stack,
            allowed=LOCAL_STACK,
            fix=f"For {stack} use `pulumi {command} --stack {stack}`; to try its settings here, `--settings {stack}`",
        )


class CloudGoneError(LocalCloudError):
    """The state describes resources of an embedded AWS that does not run any more."""

    def __init__(self, resources: int, state: Path) -> None:
        super().__init__(
            f"the embedded AWS that held the {resources} resources of this state is gone, and they with it",
            path=str(state),
            fix="Run `surgeproof destroy --yes` to forget them, then `surgeproof up`",
        )


class BusyError(LocalCloudError):
    """Another command works on the same stack."""

    def __init__(self, pid: int) -> None:
        super().__init__(
            f"another command (process {pid}) works on the local stack", fix="Wait until it ends, or end it with Ctrl-C"
        )


class EngineError(LocalCloudError):
    """The engine itself failed: it said something else than that a resource or a policy did."""
