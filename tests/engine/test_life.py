"""The life of a stack in the real engine: made, left alone, changed, replaced, drifted, protected, destroyed."""

import pytest

pytestmark = pytest.mark.engine

ORDERS = 'orders = queue("orders", visibility_timeout_seconds=60)'
POLICY = (
    'aws.sqs.QueuePolicy("orders", queue_url=orders.url, policy=orders.arn.apply(lambda arn: json.dumps('
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage",'
    ' "Resource": arn}]})))'
)
GROUP = 'aws.elasticache.SubnetGroup("cache", name="cache", subnet_ids=[subnet.id], description="{}")'
NETWORK = (
    'vpc = aws.ec2.Vpc("vpc", cidr_block="10.1.0.0/16")',
    'subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.1.0.0/24", availability_zone="eu-west-1a")',
)
KEY = (
    'key = aws.kms.Key("key", description="orders", enable_key_rotation=True, opts=pulumi.ResourceOptions(protect={}))'
)


def test_a_stack_from_nothing_to_nothing(tiny):
    tiny.write(ORDERS, POLICY, 'pulumi.export("url", orders.url)')

    foreseen = tiny.json("preview")
    assert foreseen.changes == {"create": 3}
    assert tiny.state() == {}
    assert tiny.cloud() == {"running": False}

    made = tiny.json("up")
    assert made.changes == {"create": 3}
    assert made.document["preview"]["changes"] == {"create": 3}
    url = tiny.client("sqs").list_queues()["QueueUrls"][0]

    again = tiny.json("up")
    assert again.changes == {"same": 3}
    assert again.document["resources"] == []

    tiny.write(ORDERS.replace("60", "90"), POLICY)
    changed = tiny.json("up")
    assert changed.steps("update") == {"orders": ["visibilityTimeoutSeconds"]}
    attributes = tiny.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "90"

    tiny.write(ORDERS.replace("60", "90"))
    fewer = tiny.json("up")
    assert (fewer.changes, list(fewer.steps("delete"))) == ({"delete": 1, "same": 2}, ["orders"])

    gone = tiny.json("destroy", "--yes")
    assert gone.changes == {"delete": 2}
    assert tiny.state() == {}
    assert tiny.cloud() == {"running": False}


def test_a_renamed_queue_is_replaced_and_the_new_one_is_there_first(tiny):
    tiny.write('queue("orders", name="orders")', 'queue("left")')
    tiny.json("up")
    tiny.write('queue("orders", name="carts")', 'queue("left")')
    replaced = tiny.json("up")
    assert replaced.changes["replace"] == 1
    assert replaced.steps("replace") == {"orders": ["name"]}
    names = {url.rsplit("/", 1)[-1] for url in tiny.client("sqs").list_queues()["QueueUrls"]}
    assert len(names) == 2
    assert "carts" in names
    assert "orders" not in names


def test_a_fixed_name_is_freed_before_it_is_taken_again(tiny):
    """Two load balancers, databases or groups of one name can't live side by side in AWS."""
    family = (
        'aws.rds.ClusterParameterGroup("group", name="shop", family="aurora-postgresql{}", description="x",'
        ' parameters=[{{"name": "rds.force_ssl", "value": "1"}}])'
    )
    tiny.write(family.format(15))
    tiny.json("up")
    tiny.write(family.format(16))
    replaced = tiny.json("up")
    assert list(replaced.steps("replace")) == ["group"]
    (group,) = [
        one for one in tiny.client("rds").describe_db_cluster_parameter_groups()["DBClusterParameterGroups"]
        if one["DBClusterParameterGroupName"] == "shop"
    ]  # fmt: skip
    assert group["DBParameterGroupFamily"] == "aurora-postgresql16"


def test_what_is_protected_is_not_deleted(tiny):
    tiny.write(KEY.format(True), 'queue("orders")')
    tiny.json("up")
    tiny.write('queue("orders")')
    refused = tiny.run("up", "--json")
    assert refused.code == 1
    assert "protected" in " ".join(refused.document["errors"])
    assert any(row["type"] == "aws:kms/key:Key" for row in tiny.state().values())
    assert tiny.run("destroy", "--yes").code == 1
    freed = tiny.json("destroy", "--yes", "--unprotect")
    assert freed.document["result"] == "succeeded"
    assert tiny.state() == {}


def test_what_was_changed_out_of_band_is_shown_and_put_right(tiny):
    tiny.write(ORDERS, 'queue("lost")')
    tiny.json("up")
    assert tiny.json("refresh").changes == {"same": 3}
    sqs = tiny.client("sqs")
    urls = {url.rsplit("/", 1)[-1].rsplit("-", 1)[0]: url for url in sqs.list_queues()["QueueUrls"]}
    sqs.set_queue_attributes(QueueUrl=urls["orders"], Attributes={"VisibilityTimeout": "5"})
    sqs.delete_queue(QueueUrl=urls["lost"])

    foreseen = tiny.json("preview", "--refresh")
    assert foreseen.steps("update") == {"orders": ["visibilityTimeoutSeconds"]}
    assert "lost" in foreseen.steps("create")

    drift = tiny.json("refresh")
    assert drift.steps("update") == {"orders": ["visibilityTimeoutSeconds"]}
    assert list(drift.steps("delete")) == ["lost"]

    mended = tiny.json("up")
    assert (mended.changes["update"], mended.changes["create"]) == (1, 1)
    attributes = sqs.get_queue_attributes(QueueUrl=urls["orders"], AttributeNames=["All"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "60"


def test_default_tags_secrets_imports_and_unknowns(tiny):
    tiny.write(
        'provider = aws.Provider("other", region="eu-west-3", default_tags={"tags": {"owner": "shop"}})',
        'there = queue("there", opts=pulumi.ResourceOptions(provider=provider))',
        'secret = aws.secretsmanager.Secret("card", recovery_window_in_days=0)',
        'aws.secretsmanager.SecretVersion("card", secret_id=secret.id, secret_string=pulumi.Output.secret("4111"))',
        'pulumi.export("known", there.url.apply(lambda url: url.rsplit("/", 1)[-1]))',
    )
    made = tiny.json("up")
    assert made.document["result"] == "succeeded"
    text = (tiny.root / ".surgeproof/state/.pulumi/stacks/tiny/local.json").read_text()
    assert "4111" not in text
    (row,) = [row for row in tiny.state().values() if row["urn"].endswith("::there")]
    assert row["outputs"]["tagsAll"] == {"owner": "shop"}
    assert ":eu-west-3:" in row["outputs"]["arn"]
    assert tiny.json("up").changes == {"same": 5}


def test_a_mistake_in_the_settings_is_one_sentence_and_a_bug_in_the_program_is_told(tiny):
    tiny.write(
        "from surgeproof.errors import SurgeproofError", 'raise SurgeproofError("is wrong", path="services.a", got=0)'
    )
    refused = tiny.run("preview")
    assert refused.code == 2
    assert refused.stderr.splitlines()[-1] == "surgeproof: services.a: is wrong, got 0"
    tiny.write("1 / 0")
    broken = tiny.run("up", "--json")
    assert (broken.code, broken.document["result"]) == (1, "failed")
    assert any("division by zero" in error for error in broken.document["errors"])
    assert tiny.cloud() == {"running": False}


def test_a_type_without_a_handler_is_named(tiny):
    tiny.write('aws.glacier.Vault("cold", name="cold")')
    refused = tiny.run("preview", "--json")
    assert refused.code == 1
    assert "no handler for the resource type 'aws:glacier/vault:Vault'" in " ".join(refused.document["errors"])
