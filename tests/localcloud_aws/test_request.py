"""Provider inputs become requests by botocore's model; what the model does not know is an error that names it."""

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.localcloud.aws_errors import ResourceInputError
from surgeproof.localcloud.handlers.request import build_request

SESSION = botocore.session.get_session()


def shape(service: str, operation: str):
    return SESSION.get_service_model(service).operation_model(operation).input_shape


def build(
    service: str, operation: str, values: dict, renamed: dict | None = None, tags: dict | None = None, **more: str
):
    return build_request(
        shape(service, operation), values, renamed=renamed or {}, tags=tags or {}, more=more, where="aws:x/y:Z"
    )


def test_names_match_whatever_their_case():
    request = build("elasticache", "CreateReplicationGroup", {"replicationGroupId": "a", "multiAZEnabled": True}, {}, {}, ReplicationGroupDescription="d")  # fmt: skip
    assert request == {"ReplicationGroupId": "a", "MultiAZEnabled": True, "ReplicationGroupDescription": "d"}


def test_one_object_becomes_a_list_of_one_and_a_deeper_name_is_renamed():
    request = build(
        "s3", "PutBucketOwnershipControls",
        {"bucket": "b", "ownershipControls": {"rule": {"objectOwnership": "BucketOwnerEnforced"}}}, {"*.rule": "Rules"},
    )  # fmt: skip
    assert request["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


@pytest.mark.parametrize(
    ("service", "operation", "tags"),
    [
        ("ecs", "CreateCluster", [{"key": "a", "value": "b"}]),
        ("kms", "CreateKey", [{"TagKey": "a", "TagValue": "b"}]),
        ("iam", "CreateRole", [{"Key": "a", "Value": "b"}]),
        ("logs", "CreateLogGroup", {"a": "b"}),
        ("cloudtrail", "CreateTrail", [{"Key": "a", "Value": "b"}]),
    ],
)
def test_tags_take_each_service_s_own_form(service, operation, tags):
    required = dict.fromkeys(shape(service, operation).required_members, "x")
    request = build(service, operation, {}, {}, {"a": "b"}, **required)
    assert tags in (request.get("tags"), request.get("Tags"), request.get("TagsList"))


def test_a_document_is_text_in_the_provider_and_json_in_aws():
    hook = {"hookTargetArn": "a", "roleArn": "r", "lifecycleStages": ["PRE_SCALE_UP"], "hookDetails": '{"smoke": [1]}'}
    request = build("ecs", "CreateService", {"serviceName": "s", "deploymentConfiguration": {"lifecycleHooks": [hook]}})
    assert request["deploymentConfiguration"]["lifecycleHooks"] == [{**hook, "hookDetails": {"smoke": [1]}}]


@pytest.mark.parametrize("values", [{"nonsense": 1}, {"keySpec": "x", "policyy": "{}"}, {"tagList": []}])
def test_an_unknown_input_is_named(values):
    with pytest.raises(ResourceInputError, match="takes no"):
        build("kms", "CreateKey", values)


def test_what_the_model_forbids_is_told():
    with pytest.raises(ResourceInputError, match="Missing required parameter"):
        build("kms", "CreateAlias", {"aliasName": "alias/x"})
    with pytest.raises(ResourceInputError, match="expected an object"):
        build("ecs", "CreateService", {"networkConfiguration": "no"})


@given(
    st.fixed_dictionaries(
        {"minCapacity": st.one_of(st.integers(0, 99), st.integers(0, 99).map(float), st.integers(0, 99).map(str))}
    ),
    st.booleans(),
)
def test_values_come_in_the_model_s_types(values, suspended):
    place = {"serviceNamespace": "ecs", "resourceId": "service/a/b", "scalableDimension": "ecs:service:DesiredCount"}
    state = {"suspendedState": {"dynamicScalingInSuspended": str(suspended).lower()}}
    request = build("application-autoscaling", "RegisterScalableTarget", {**place, **values, **state})
    assert type(request["MinCapacity"]) is int
    assert request["SuspendedState"]["DynamicScalingInSuspended"] is suspended
    assert (
        not ParamValidator().validate(request, shape("application-autoscaling", "RegisterScalableTarget")).has_errors()
    )
