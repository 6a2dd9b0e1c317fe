"""Build the shop's image from a clean tree, push it, and print the digest that a stack's settings name.

    python scripts/build_images.py --repository ACCOUNT.dkr.ecr.REGION.amazonaws.com/shop

The image is for the architecture that the services run on (arm64 unless --platform says otherwise), and its tag is the
commit: in a repository whose tags never move, a second build of the same commit is refused by the registry.
Needs Docker with buildx. Words go to stderr, the image by digest to stdout.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from surgeproof.errors import SurgeproofError  # noqa: E402 -- the scaffold is no installed package

STDERR = 2
"""What docker says goes where words go."""
ECR = re.compile(r"(?P<registry>\d{12}\.dkr\.ecr(-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?)/")


class BuildError(SurgeproofError):
    """An image that can't be built or pushed."""


def find_docker() -> str:
    """Path of Docker, which has buildx and a daemon that answers.

    Raises:
        BuildError: What of it is missing.
    """
    docker = shutil.which("docker")
    if docker is None:
        raise BuildError("there is no docker on the path", fix="Install Docker, or run this where CI builds images")
    for words, missing, fix in (
        (["buildx", "version"], "docker has no buildx", "Install the plugin docker-buildx"),
        (["info"], "docker's daemon does not answer", "Start it, or join the group that may use it"),
    ):
        tried = subprocess.run([docker, *words], capture_output=True, text=True, check=False)
        if tried.returncode != 0:
            raise BuildError(f"{missing} ({tried.stderr.strip() or 'it says nothing'})", fix=fix)
    return docker


def clean_revision(root: Path) -> str:
    """The commit that the tree is at.

    Raises:
        BuildError: The tree is no repository, or holds what is not committed: nobody could build that image again.
    """

    def git(*words: str) -> str:
        told = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
        if told.returncode != 0:
            raise BuildError("is no git repository with a commit", path=str(root), fix="Commit the sources first")
        return told.stdout

    changed = [line[3:] for line in git("status", "--porcelain", "--", "services").splitlines()]
    if changed:
        raise BuildError(
            f"what is built would not be what is committed: {', '.join(changed[:3])}{' ...' if len(changed) > 3 else ''}",
            path="services",
            fix="Commit it, or put it away",
        )
    return git("rev-parse", "HEAD").strip()


def log_in(docker: str, repository: str) -> None:
    """Log docker in to ECR with the caller's own credentials; another registry is left to `docker login`."""
    match = ECR.match(repository)
    if match is None:
        return
    import boto3  # noqa: PLC0415 - only for ECR

    client = boto3.client("ecr", region_name=match["region"], endpoint_url=os.environ.get("AWS_ENDPOINT_URL_ECR"))
    token = client.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, _, password = base64.b64decode(token).decode().partition(":")
    subprocess.run(
        [docker, "login", "--username", user, "--password-stdin", match["registry"]],
        input=password,
        text=True,
        check=True,
        stdout=STDERR,
    )


def build(docker: str, *, root: Path, repository: str, revision: str, platform: str) -> str:
    """Build and push; the image by digest.

    Raises:
        BuildError: Docker failed; what it said stands above.
    """
    with tempfile.TemporaryDirectory() as folder:
        metadata = Path(folder) / "metadata.json"
        command = [
            docker, "buildx", "build", "--file", "services/Dockerfile", "--platform", platform,
            "--build-arg", f"REVISION={revision}", "--tag", f"{repository}:{revision[:12]}",
            "--provenance", "mode=max", "--sbom", "true", "--push", "--metadata-file", str(metadata), ".",
        ]  # fmt: skip
        if subprocess.run(command, cwd=root, stdout=STDERR, check=False).returncode != 0:
            raise BuildError(
                "docker could not build and push the image",
                path=repository,
                fix="Read what it says above; a tag that is there already belongs to an earlier build of this commit",
            )
        told = json.loads(metadata.read_text(encoding="utf-8"))
    return f"{repository}@{told['containerimage.digest']}"


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Build the image; 0, or 2 with one sentence on what is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repository", required=True, help="registry/repository, without a tag")
    parser.add_argument("--platform", default="linux/arm64", choices=["linux/arm64", "linux/amd64"])
    options = parser.parse_args(arguments)
    try:
        revision = clean_revision(root)
        docker = find_docker()
        log_in(docker, options.repository)
        print(build(docker, root=root, repository=options.repository, revision=revision, platform=options.platform))
    except BuildError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
