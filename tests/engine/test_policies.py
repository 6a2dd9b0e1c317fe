"""The policy pack on the engine: what it knows it blocks in preview; what it can't know yet it says, and blocks in up."""

import shutil

import pytest

from tests.engine.driving import ROOT, Driven

pytestmark = pytest.mark.engine

EVERYTHING = 'json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})'
NARROW = EVERYTHING.replace(
    '"*", "Resource": "*"', '"sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:a"'
)
ROLE = (
    'trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",',
    '    "Principal": {"Service": "ecs-tasks.amazonaws.com"},',
    '    "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}]}',
    'tags = {"owner": "shop", "cost-center": "web", "data-classification": "internal", "environment": "local", "pci-scope": "out"}',
    'boundary = "arn:aws:iam::123456789012:policy/boundary"',
    'role = aws.iam.Role("task", assume_role_policy=json.dumps(trust), permissions_boundary=boundary, tags=tags,',
    '                   description="What the task may do")',
)


@pytest.fixture
def held(tiny: Driven) -> Driven:
    """The project with the pack that is shipped."""
    pack = tiny.root / "policies"
    pack.mkdir()
    for name in ("PulumiPolicy.yaml", "__main__.py"):
        shutil.copy(ROOT / "policies" / name, pack / name)
    return tiny


def violations(document: dict, level: str) -> set[str]:
    return {item["policy"] for item in document["policies"]["violations"] if item["level"] == level}


def test_what_conforms_goes_through_with_its_verdicts(held):
    held.write(*ROLE, f'aws.iam.RolePolicy("all", role=role.name, policy={NARROW})')
    done = held.run("up")
    assert done.code == 0, done.stderr
    assert "policies: 0 mandatory" in done.stderr
    assert held.json("up").document["policies"]["packs"]


def test_a_weakened_program_is_blocked_in_preview_and_nothing_is_made(held):
    held.write(*ROLE, f'aws.iam.RolePolicy("all", role=role.name, policy={EVERYTHING})')
    blocked = held.run("preview", "--json")
    assert blocked.code == 1
    assert blocked.document["result"] == "blocked"
    assert "IAM-01" in violations(blocked.document, "mandatory")
    stopped = held.run("up", "--json")
    assert (stopped.code, stopped.document["operation"]) == (1, "preview")
    assert held.state() == {}
    assert held.cloud() == {"running": False}
    told = held.run("up")
    assert "IAM-01" in told.stdout
    assert "The policy pack blocks it" in told.stderr
    assert held.json("up", "--advisory").document["result"] == "succeeded"


OPEN = (
    'open = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",',
    '    "Principal": {"AWS": "*"}}]}',
    (
        'aws.iam.Role("open", assume_role_policy=role.arn.apply(lambda arn: json.dumps(open)), permissions_boundary=boundary,'
        " tags=tags, description='What anybody may do')"
    ),
)
"""Anybody takes this role; its trust is known only when the other role is there."""


@pytest.mark.parametrize(
    ("control", "lines", "made"),
    [
        ("IAM-05", OPEN, ["task"]),
        # Judged by all policies of a role together, at the end of the stack: the engine has made it by then.
        ("IAM-01", (f'aws.iam.RolePolicy("all", role=role.name, policy=role.arn.apply(lambda arn: {EVERYTHING}))',), ["all", "task"]),
    ],
)  # fmt: skip
def test_what_preview_cannot_know_is_said_beforehand_and_blocked_in_up(held, control, lines, made):
    held.write(*ROLE, *lines)
    blind = held.run("check", "--stack", "local", "--as-preview")
    assert blind.code == 0, blind.stderr
    assert control in blind.stdout.split("Not decided: known only after deployment")[1]
    foreseen = held.json("preview").document
    assert (foreseen["result"], violations(foreseen, "mandatory")) == ("succeeded", set())
    assert control in violations(foreseen, "advisory")
    stopped = held.run("up", "--json")
    assert (stopped.code, stopped.document["operation"], stopped.document["result"]) == (1, "up", "blocked")
    assert control in violations(stopped.document, "mandatory")
    names = [row["urn"].rsplit("::", 1)[-1] for row in held.state().values() if row["type"].startswith("aws:")]
    assert sorted(names) == made
    assert len(held.client("iam").list_roles()["Roles"]) == sum(name != "all" for name in made)
