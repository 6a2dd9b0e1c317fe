"""What can go wrong with the embedded AWS and with deploying into it."""

from __future__ import annotations

from surgeproof.localcloud.errors import LocalCloudError


class EmbeddedAwsError(LocalCloudError):
    """The embedded AWS did not start, or ended; carries the last lines that its server said."""

    def __init__(self, problem: str, *, last_lines: str = "", fix: str | None = None) -> None:
        self.last_lines = last_lines
        told = f"{problem}: {last_lines}" if last_lines else problem
        super().__init__(told, path="embedded AWS", fix=fix)


class UnknownResourceTypeError(LocalCloudError):
    """The program uses a resource type that has no handler."""

    def __init__(self, token: str, name: str) -> None:
        self.token = token
        super().__init__(
            f"no handler for the resource type {token!r}",
            path=name,
            fix="Add one to surgeproof/localcloud/handlers, or deploy this resource to AWS alone",
        )


class UnknownInvokeError(LocalCloudError):
    """The program calls a provider function that has no handler."""

    def __init__(self, token: str) -> None:
        self.token = token
        super().__init__(
            f"no handler for the provider function {token!r}",
            fix="Add one to surgeproof/localcloud/handlers/invokes.py",
        )


class UnsupportedOperationError(LocalCloudError):
    """A handler does not know this operation on its resource type."""

    def __init__(self, token: str, operation: str) -> None:
        super().__init__(
            f"the handler of {token!r} can't {operation} it", fix="Destroy the local stack and deploy it anew"
        )


class ResourceInputError(LocalCloudError):
    """The inputs of a resource are not what AWS would take."""

    def __init__(self, token: str, name: str, problem: str) -> None:
        self.token = token
        super().__init__(f"{token}: {problem}", path=name)


class DeployError(LocalCloudError):
    """The embedded AWS refused a call that creates a resource."""

    def __init__(self, token: str, name: str, problem: str) -> None:
        self.token = token
        super().__init__(f"{token} was refused: {problem}", path=name)
