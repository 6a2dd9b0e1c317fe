"""Claims of controls of policies, roles, users, secrets, tags and scope."""

import json

from surgeproof.controls.mutants.claims import claims
from surgeproof.controls.mutants.groups import UNPROTECTED, unsealed
from surgeproof.controls.mutants.operators import Mutation, added, both, drop, edited, gone, option, put, reparented
from surgeproof.controls.mutants.policies import allowed, with_statement

ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
claims(
    "IAM-01",
    with_statement("everything is allowed", allowed("*")),
    with_statement("everything is allowed, in other words", allowed("*:*")),
    with_statement("every service is allowed", {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::x"}),
    put("policyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
)
claims(
    "IAM-02",
    with_statement("a whole service", allowed("s3:*", resource="arn:aws:s3:::x/*")),
    with_statement("all but IAM", {"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::x"}),
    with_statement(
        "all but one bucket", {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::x"}
    ),
    with_statement("everything", allowed("*", resource="arn:aws:s3:::x")),
)
claims(
    "IAM-03",
    with_statement("every secret may be read", allowed("secretsmanager:GetSecretValue")),
    with_statement("every object may be read", allowed("s3:Get*")),
    with_statement(
        "every parameter may be read",
        allowed("ssm:GetParameter", condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}),
    ),
    with_statement("every queue may be written", allowed("sqs:SendMessage")),
    with_statement("TLS is no bound", allowed("sqs:SendMessage", condition={"Bool": {"aws:SecureTransport": "true"}})),
)
claims(
    "KMS-04",
    with_statement("decrypts with every key", allowed("kms:Decrypt")),
    with_statement(
        "decrypts with every key of a region",
        allowed("kms:Decrypt", resource="arn:aws:kms:eu-west-1:123456789012:key/*"),
    ),
    with_statement("re-encrypts from every key", allowed("kms:ReEncrypt*")),
    with_statement("does everything with every key", allowed("kms:*")),
)


def _gains(label: str, *actions: str, resource: str = "*") -> Mutation:
    document = json.dumps({"Statement": [allowed(*actions, resource=resource)]})
    gains = added(label, ROLE_POLICY, {"policy": document}, role="")
    # A role that has a boundary gains nothing beyond it.
    return both(f"{label}, without a boundary", drop("permissionsBoundary"), gains)


claims(
    "IAM-04",
    _gains("writes its own policy", "iam:PutRolePolicy"),
    _gains("attaches policies", "iam:AttachRolePolicy"),
    _gains("passes any role and runs tasks", "iam:PassRole", "ecs:RunTask"),
    _gains("passes any role and makes functions", "iam:PassRole", "lambda:CreateFunction"),
    _gains("makes keys for others", "iam:CreateAccessKey"),
    _gains("passes a role to anything", "iam:PassRole", resource="arn:aws:iam::123456789012:role/x"),
)
TRUST = "assumeRolePolicy"
TAKE = {"Effect": "Allow", "Action": "sts:AssumeRole"}
OIDC = {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}
claims(
    "IAM-05",
    with_statement("anybody takes it", {**TAKE, "Principal": "*"}, path=TRUST),
    with_statement("anybody with an account takes it", {**TAKE, "Principal": {"AWS": "*"}}, path=TRUST),
    with_statement(
        "a service takes it for anybody", {**TAKE, "Principal": {"Service": "ecs-tasks.amazonaws.com"}}, path=TRUST
    ),
    with_statement("any workflow takes it", {**TAKE, "Principal": OIDC}, path=TRUST),
    with_statement("a whole account takes it", {**TAKE, "Principal": {"AWS": "999999999999"}}, path=TRUST),
    with_statement("all but one take it", {**TAKE, "NotPrincipal": {"AWS": "arn:aws:iam::1:root"}}, path=TRUST),
)
claims(
    "IAM-06",
    drop("permissionsBoundary"),
    added("a user", "aws:iam/user:User", {"name": "ada"}),
    added("an access key", "aws:iam/accessKey:AccessKey", {"user": "ada"}),
    added("a console password", "aws:iam/userLoginProfile:UserLoginProfile", {"user": "ada"}),
)
claims(
    "SEC-01",
    unsealed("kmsKeyId", "secretsmanager"),
    put("recoveryWindowInDays", 0),
    put("policy", json.dumps({"Statement": [{**allowed("secretsmanager:GetSecretValue"), "Principal": "*"}]})),
)
claims(
    "SEC-02",
    gone("secret_rotation"),
    put("rotationRules", {"automaticallyAfterDays": 365}, on="secret_rotation"),
    put("rotationRules", {"scheduleExpression": "rate(365 days)"}, on="secret_rotation"),
    put("rotationRules", {"scheduleExpression": "cron(0 4 1 1 ? *)"}, on="secret_rotation"),
)
claims(
    "SEC-03",
    put("masterPassword", "hunter2"),
    put("authToken", "hunter2"),
    put("description", "the key is AKIAIOSFODNN7EXAMPLE"),
    put("settings", {"nested": [{"password": "hunter2"}]}),
    put("userData", "-----BEGIN RSA PRIVATE KEY-----"),
)
claims(
    "SSM-01",
    unsealed("keyId", "ssm"),
    edited("in clear text", "type", lambda _value: "String"),
    added(
        "a document for everybody", "aws:ssm/document:Document", {"permissions": {"type": "Share", "accountIds": "All"}}
    ),
    added(
        "sessions that nobody keeps",
        "aws:ssm/document:Document",
        {"documentType": "Session", "content": json.dumps({"inputs": {"kmsKeyId": "k"}})},
    ),
    added(
        "sessions in clear text",
        "aws:ssm/document:Document",
        {"documentType": "Session", "content": json.dumps({"inputs": {"cloudWatchLogGroupName": "g"}})},
    ),
)
claims(
    "TAG-01",
    put("tags", {}),
    drop("tags.owner"),
    drop("tags.pci-scope"),
    put("tags.pci-scope", "maybe"),
    put("tags.data-classification", "whatever"),
    put("tags.owner", "tbd"),
    put("tags.owner", "a-team-that-left"),
)
claims(
    "TAG-02",
    put("tags.pci-scope", "cde"),
    put("tags.pci-scope", "cde", on="security_group"),
    put("tags.pci-scope", "cde", on="kms_key"),
    put("tags.pci-scope", "cde", on="subnet"),
)
claims(
    "TAG-03",
    put("tags.pci-scope", "out", on="security_group?card-neighbour"),
    drop("tags", on="security_group?card-neighbour"),
    drop("tags", on="role?card-reader"),
    put("tags.pci-scope", "out", on="event_rule?card-rule"),
)
claims(
    "TAG-04",
    UNPROTECTED,
    option("neither protected nor kept", protect=False, retain_on_delete=False),
    reparented(),
    reparented("urn:pulumi:x::y::pulumi:pulumi:Stack::z"),
)
