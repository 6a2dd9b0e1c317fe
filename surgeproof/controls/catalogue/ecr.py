"""Controls of image repositories."""

from __future__ import annotations

from surgeproof.controls.admission import unbounded
from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, customer_key, is_true, must
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, passed, unknown
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

REPOSITORY = "repository"
REGISTRY_SCAN = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"


@control(
    id="ECR-01",
    title="Images are scanned when they are pushed",
    severity="high",
    family=REPOSITORY,
    rationale="Most holes in an image are in what it was built from.",
    remediation="`image_scanning_configuration={'scan_on_push': True}`",
    requirements=published("ECR.1† Inspector.2†", pci="11.3.1c", nist="RA-5"),
)
def scans_on_push(resource: Resource, context: Context) -> Outcome:
    """Scan on push, or enhanced scanning for the registry."""
    if any(context.value(item, "scanType") == "ENHANCED" for item in context.graph.of_type(REGISTRY_SCAN)):
        return passed()
    return must(context, resource, "imageScanningConfiguration.scanOnPush", is_true, "does not scan images")


@control(
    id="ECR-02",
    title="Tags cannot move, images are encrypted, old ones expire, and only named accounts pull",
    severity="med",
    family=REPOSITORY,
    rationale="A tag that moves is a deployment that nobody approved.",
    remediation="`image_tag_mutability='IMMUTABLE', encryption_configurations=[{'encryption_type': 'KMS', 'kms_key': key.arn}]`, "
    "and `aws.ecr.LifecyclePolicy`",
    requirements=published("ECR.2 ECR.3 ECR.5°", pci="11.5.2p 3.5.1p 7.2.1j", nist="CM-2"),
)
def repository_is_tidy(resource: Resource, context: Context) -> list[Outcome]:
    """Immutable tags, a customer key, a lifecycle policy, a repository policy that is not public."""
    ways = reach(context)
    tidy = bool(ways.linking(resource, "aws:ecr/lifecyclePolicy:LifecyclePolicy", "repository"))
    policies = ways.linking(resource, "aws:ecr/repositoryPolicy:RepositoryPolicy", "repository")
    documents = [context.document(item, "policy") for item in policies]
    return all_of(
        must(context, resource, "imageTagMutability", lambda value: value == "IMMUTABLE", "its tags can move"),
        customer_key(context, resource, "encryptionConfigurations[0].kmsKey", "has no customer key"),
        passed() if tidy else failed("has no lifecycle policy", property="name"),
        *(unknown("its policy is not known", property="name") for item in documents if item is UNKNOWN),
        *(failed(text, property="name") for item in documents if item is not UNKNOWN and (text := unbounded(item))),
    )
