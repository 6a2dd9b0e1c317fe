"""SNS: topics, their policies and subscriptions."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, Settable, handles
from surgeproof.localcloud.handlers.describe import Describe, unless_gone
from surgeproof.localcloud.handlers.observed import text_now

_FEEDBACK = {
    f"{kind}{result}FeedbackRoleArn": f"{aws}{result}FeedbackRoleArn"
    for kind, aws in (("application", "Application"), ("http", "HTTP"), ("lambda", "Lambda"), ("sqs", "SQS"), ("firehose", "Firehose"))
    for result in ("Success", "Failure")
}  # fmt: skip
_ATTRIBUTES = {
    **_FEEDBACK,
    "kmsMasterKeyId": "KmsMasterKeyId",
    "displayName": "DisplayName",
    "deliveryPolicy": "DeliveryPolicy",
    "policy": "Policy",
    "signatureVersion": "SignatureVersion",
    "fifoTopic": "FifoTopic",
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "tracingConfig": "TracingConfig",
}


def _attribute(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@handles("aws:sns/topic:Topic")
class Topic(Handler):
    """A topic with its attributes; messages reach queues alone."""

    calls = (
        "sns.create_topic",
        "sns.get_topic_attributes",
        "sns.set_topic_attributes",
        "sns.delete_topic",
    )
    name_prop = "name"
    name_length = 256
    replace_on = frozenset({"name", "fifoTopic", "region"})
    computed = ("arn", "owner")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it with all its attributes; its id is its ARN."""
        tags = [{"Key": key, "Value": value} for key, value in account.tags(inputs).items()]
        made = account.client("sns", inputs).create_topic(
            Name=inputs["name"],
            Attributes={member: _attribute(inputs[name]) for name, member in _ATTRIBUTES.items() if name in inputs},
            Tags=tags,
        )
        return made["TopicArn"], self._outputs(account, made["TopicArn"], inputs)

    def _outputs(self, account: Account, arn: str, inputs: Inputs) -> Inputs:
        return self.outputs(account, inputs, arn=arn, owner=account.number)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its attributes as they are now."""
        answer = unless_gone(account.client("sns", inputs).get_topic_attributes, TopicArn=identity)
        if answer is None:
            return None
        found = answer["Attributes"]
        now = {**inputs, "name": identity.rsplit(":", 1)[-1]}
        for name, member in _ATTRIBUTES.items():
            if name in inputs and member in found:
                same = _attribute(inputs[name]) == found[member]
                now[name] = inputs[name] if same else text_now(str(inputs[name]), found[member])
        return now, self._outputs(account, identity, now)

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Set the attributes that have changed."""
        client = account.client("sns", inputs)
        for name, member in _ATTRIBUTES.items():
            if existing.inputs.get(name) != inputs.get(name):
                value = _attribute(inputs[name]) if name in inputs else ""
                client.set_topic_attributes(TopicArn=existing.identity, AttributeName=member, AttributeValue=value)
        return self._outputs(account, existing.identity, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("sns", existing.inputs).delete_topic(TopicArn=existing.identity)


@handles("aws:sns/topicPolicy:TopicPolicy")
class TopicPolicy(Settable):
    """Who may publish to a topic."""

    calls = ("sns.set_topic_attributes", "sns.get_topic_attributes")
    replace_on = frozenset({"arn", "region"})
    computed = ("owner",)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it; its id is the topic's ARN."""
        return inputs["arn"], self.put(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put it anew."""
        account.client("sns", inputs).set_topic_attributes(
            TopicArn=inputs["arn"], AttributeName="Policy", AttributeValue=inputs["policy"]
        )
        return self.outputs(account, inputs, owner=account.number)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """The policy as it is now."""
        found = Describe("sns.get_topic_attributes", "TopicArn", "Attributes").ask(account, identity, inputs)
        if found is None:
            return None
        now = {**inputs, "arn": identity, "policy": text_now(str(inputs.get("policy", "")), found["Policy"])}
        return now, self.outputs(account, now, owner=account.number)

    def delete(self, account: Account, existing: Existing) -> None:
        """Put AWS's own in its place: the owner may do all, and nobody else anything (SNS, 'Default policy')."""
        policy = (
            '{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"__default_statement_ID",'
            '"Effect":"Allow","Principal":{"AWS":"*"},"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes",'
            '"SNS:AddPermission","SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic",'
            f'"SNS:Publish"],"Resource":"{existing.identity}","Condition":{{"StringEquals":{{"AWS:SourceOwner":'
            f'"{account.number}"}}}}}}]}}'
        )
        account.client("sns", existing.inputs).set_topic_attributes(
            TopicArn=existing.identity, AttributeName="Policy", AttributeValue=policy
        )


@handles("aws:sns/topicSubscription:TopicSubscription")
class TopicSubscription(Handler):
    """Who is told; nobody is written to here."""

    calls = ("sns.subscribe", "sns.get_subscription_attributes", "sns.unsubscribe")
    note = "Nothing is sent to e-mail addresses or endpoints."
    replace_on = frozenset({"topic", "protocol", "endpoint", "region"})
    computed = ("arn", "ownerId", "pendingConfirmation")
    describe: ClassVar = Describe("sns.get_subscription_attributes", "SubscriptionArn", "Attributes")
    renamed: ClassVar = {"topic": "TopicArn"}
    unread = frozenset({"confirmationTimeoutInMinutes", "endpointAutoConfirms"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Subscribe; its id is its ARN."""
        more = {
            "RawMessageDelivery": "rawMessageDelivery",
            "FilterPolicy": "filterPolicy",
            "RedrivePolicy": "redrivePolicy",
        }
        arn = account.client("sns", inputs).subscribe(
            TopicArn=inputs["topic"],
            Protocol=inputs["protocol"],
            Endpoint=inputs["endpoint"],
            Attributes={member: _attribute(inputs[name]) for member, name in more.items() if name in inputs},
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        return arn, self._outputs(account, arn, inputs)

    def _outputs(self, account: Account, arn: str, inputs: Inputs) -> Inputs:
        return self.outputs(account, inputs, arn=arn, ownerId=account.number, pendingConfirmation=False)

    def told(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:  # noqa: ARG002 - the interface
        """ARN and owner."""
        return {"arn": identity, "ownerId": account.number, "pendingConfirmation": False}

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Set the attributes that have changed."""
        client = account.client("sns", inputs)
        members = {
            "rawMessageDelivery": "RawMessageDelivery",
            "filterPolicy": "FilterPolicy",
            "redrivePolicy": "RedrivePolicy",
        }
        for name, member in members.items():
            if existing.inputs.get(name) != inputs.get(name):
                client.set_subscription_attributes(
                    SubscriptionArn=existing.identity,
                    AttributeName=member,
                    AttributeValue=_attribute(inputs.get(name, "")),
                )
        return self._outputs(account, existing.identity, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """End it."""
        account.client("sns", existing.inputs).unsubscribe(SubscriptionArn=existing.identity)
