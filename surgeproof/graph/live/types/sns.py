"""Topics, their policies and subscriptions."""

from __future__ import annotations

from collections.abc import Iterator

from surgeproof.graph.live.account import Part, Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import NOT_KEPT, part_or, picked, tags, without_nothing


@reads(
    "aws:sns/topic:Topic",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
    calls=(
        "sns.list_topics",
        "sns.get_topic_attributes",
        "sns.list_tags_for_resource",
        "sns.list_subscriptions",
        "sns.get_subscription_attributes",
    ),
)
def topics(account: Reading) -> Iterator[Found]:
    """Every topic of the region and every subscription of it that is confirmed."""
    for row in account.rows("sns.list_topics", "Topics"):
        arn = row["TopicArn"]
        name = arn.rsplit(":", 1)[-1]
        given = account.part("sns.get_topic_attributes", TopicArn=arn)
        labels = part_or(
            account.part("sns.list_tags_for_resource", ResourceArn=arn), lambda answer: tags(answer.get("Tags")), {}
        )
        attributes = {} if isinstance(given, Part) else given["Attributes"]
        key = NOT_KEPT if isinstance(given, Part) else attributes.get("KmsMasterKeyId")
        signature = NOT_KEPT if isinstance(given, Part) else attributes.get("SignatureVersion")
        inputs = {"name": name, "tags": labels, "kmsMasterKeyId": key, "signatureVersion": signature}
        inputs = without_nothing(inputs)
        yield Found("aws:sns/topic:Topic", arn, inputs, {"arn": arn, "name": name})
        policy = NOT_KEPT if isinstance(given, Part) else attributes.get("Policy")
        if policy:
            yield Found("aws:sns/topicPolicy:TopicPolicy", arn, {"arn": arn, "policy": policy})
    for row in account.rows("sns.list_subscriptions", "Subscriptions"):
        arn = row["SubscriptionArn"]
        if not arn.startswith("arn:"):
            continue
        inputs = picked(row, topic="TopicArn", protocol="Protocol", endpoint="Endpoint")
        given = account.part("sns.get_subscription_attributes", SubscriptionArn=arn)
        if isinstance(given, Part):
            inputs["redrivePolicy"] = NOT_KEPT
        elif given["Attributes"].get("RedrivePolicy"):
            inputs["redrivePolicy"] = given["Attributes"]["RedrivePolicy"]
        yield Found("aws:sns/topicSubscription:TopicSubscription", arn, inputs, {"arn": arn})
