"""Controls of who there is: users, keys, and how far a role may ever go."""

from __future__ import annotations

from surgeproof.controls.admission import principals
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import Parameter, control
from surgeproof.controls.expectations import all_of, must, number
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.policy_document import ROLE_TYPE, allows
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

SERVICE_PATH = "/aws-service-role/"


@control(
    id="IAM-06",
    title="Nobody has a lasting key; every role has a boundary, and people an hour",
    severity="high",
    family="identity",
    rationale="A key that never ends is found in a repository years later.",
    remediation="Roles in place of `aws.iam.User` and `AccessKey`; `permissions_boundary=boundary.arn`; "
    "`max_session_duration=3600` on roles that people take",
    requirements=published("IAM.2", pci="7.2.2p 8.2.1p 8.2.8p", cis="1.15/1.14", nist="AC-2"),
    parameters=(Parameter("session_seconds", 3600, 3600, 3600, "seconds"),),
)
def identity_is_bounded(resource: Resource, context: Context) -> list[Outcome]:
    """No user, access key or console password; a permissions boundary; short sessions for people."""
    if resource.type != ROLE_TYPE:
        return [failed("is a lasting identity: users and keys are not made by programs", property="name")]
    if str(context.value(resource, "path")).startswith(SERVICE_PATH):
        return [not_applicable("a service's own role")]
    boundary = passed()
    if not resource.property_dependencies.get("permissionsBoundary"):
        boundary = must(context, resource, "permissionsBoundary", bool, "has no permissions boundary")
    return all_of(boundary, _session(context, resource))


def _session(context: Context, role: Resource) -> Outcome:
    """People keep it for an hour, which is AWS's own default (IAM API, CreateRole)."""
    seconds = context.value(role, "maxSessionDuration")
    people = _people_take(context, role)
    if people is False or seconds is ABSENT:
        return passed()
    if seconds is not UNKNOWN and number(seconds) <= context.parameter("session_seconds"):
        return passed()
    if people is None or seconds is UNKNOWN:
        return unknown("how long people keep it is not known", property="maxSessionDuration")
    return failed("people keep it longer than an hour", property="maxSessionDuration")


def _people_take(context: Context, role: Resource) -> bool | None:
    """Whether its trust policy names accounts, users or a SAML provider, None when not known; OIDC is for machines."""
    document = context.document(role, "assumeRolePolicy")
    if document is UNKNOWN:
        return None
    if document is None:
        return False
    return any(
        kind == "AWS" or (kind == "Federated" and ":saml-provider/" in name)
        for statement in allows(document)
        for kind, name in principals(statement)
    )
