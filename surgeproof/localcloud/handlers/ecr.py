"""Image repositories, when their images expire, and how the registry is scanned."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, Settable, handles
from surgeproof.localcloud.handlers.describe import Describe


@handles("aws:ecr/repository:Repository")
class Repository(Handler):
    """A repository."""

    calls = (
        "ecr.create_repository",
        "ecr.describe_repositories",
        "ecr.put_image_scanning_configuration",
        "ecr.put_image_tag_mutability",
        "ecr.delete_repository",
    )
    name_prop = "name"
    name_length = 256
    defaults: ClassVar = {"imageTagMutability": "MUTABLE", "forceDelete": False}
    renamed: ClassVar = {"name": "repositoryName", "encryptionConfigurations": "encryptionConfiguration"}
    elsewhere = frozenset({"forceDelete"})
    local = frozenset({"forceDelete"})
    replace_on = frozenset({"name", "encryptionConfigurations", "region"})
    computed = ("arn", "repositoryUrl", "registryId")
    describe = Describe(
        "ecr.describe_repositories",
        by="repositoryNames",
        found="repositories",
        outputs={"arn": "repositoryArn", "repositoryUrl": "repositoryUri", "registryId": "registryId"},
    )

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is its name."""
        encryption = next(iter(inputs.get("encryptionConfigurations") or []), None)
        values = {name: value for name, value in inputs.items() if name != "encryptionConfigurations"}
        if encryption:
            values["encryptionConfigurations"] = encryption
        made = self.send(account, values)["repository"]
        return inputs["name"], self.outputs(
            account,
            inputs,
            arn=made["repositoryArn"],
            repositoryUrl=made["repositoryUri"],
            registryId=made["registryId"],
        )

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change how it is scanned, and whether its tags move."""
        client = account.client("ecr", inputs)
        scanning = inputs.get("imageScanningConfiguration") or {"scanOnPush": False}
        client.put_image_scanning_configuration(
            repositoryName=existing.identity, imageScanningConfiguration={"scanOnPush": bool(scanning["scanOnPush"])}
        )
        client.put_image_tag_mutability(
            repositoryName=existing.identity, imageTagMutability=inputs["imageTagMutability"]
        )
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it; with images in it only where the program says so."""
        force = bool(existing.inputs.get("forceDelete"))
        account.client("ecr", existing.inputs).delete_repository(repositoryName=existing.identity, force=force)


@handles("aws:ecr/lifecyclePolicy:LifecyclePolicy")
class LifecyclePolicy(Settable):
    """When images of a repository expire."""

    calls = ("ecr.put_lifecycle_policy", "ecr.get_lifecycle_policy", "ecr.delete_lifecycle_policy")
    renamed: ClassVar = {"repository": "repositoryName", "policy": "lifecyclePolicyText"}
    replace_on = frozenset({"repository", "region"})
    computed = ("registryId",)
    describe = Describe(
        "ecr.get_lifecycle_policy", by="repositoryName", key="repository", outputs={"registryId": "registryId"}
    )

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put it."""
        return self.outputs(account, inputs, registryId=self.send(account, inputs)["registryId"])

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it; its id is the repository's name."""
        return inputs["repository"], self.put(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Let images stay for ever."""
        account.client("ecr", existing.inputs).delete_lifecycle_policy(repositoryName=existing.identity)


@handles("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration")
class RegistryScanningConfiguration(Settable):
    """How all repositories of the account are scanned; an account has one."""

    calls = ("ecr.put_registry_scanning_configuration", "ecr.get_registry_scanning_configuration")
    replace_on = frozenset({"region"})
    computed = ("registryId",)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put it."""
        self.send(account, inputs)
        return self.outputs(account, inputs, registryId=account.number)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it; its id is the account's number."""
        return account.number, self.put(account, inputs)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """It as it is now."""
        answer = account.client("ecr", inputs).get_registry_scanning_configuration()
        now = self.seen(account, identity, inputs, answer["scanningConfiguration"])
        return now, self.outputs(account, now, registryId=account.number)

    def delete(self, account: Account, existing: Existing) -> None:
        """Back to AWS's default: basic scanning, when an image is pushed only where the repository says so."""
        account.client("ecr", existing.inputs).put_registry_scanning_configuration(scanType="BASIC", rules=[])
