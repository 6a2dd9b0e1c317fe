"""What AWS tells of a resource, in the words in which a program asked for it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from surgeproof.localcloud.handlers.observed import observed, provider_form

_scalars = st.booleans() | st.integers(-99, 99) | st.text(st.sampled_from("abc123"), min_size=1, max_size=5)
_keys = st.text(st.sampled_from("abcde"), min_size=1, max_size=5)
_asked = st.dictionaries(
    _keys, _scalars | st.lists(_scalars, max_size=3) | st.dictionaries(_keys, _scalars, max_size=3), max_size=4
)


def aws_form(value):
    """As AWS would tell it: members begin with a capital."""
    if isinstance(value, dict):
        return {name[0].upper() + name[1:]: aws_form(item) for name, item in value.items()}
    return [aws_form(item) for item in value] if isinstance(value, list) else value


@given(_asked)
def test_what_is_told_as_it_was_asked_for_is_no_drift(asked):
    assert observed(asked, aws_form(asked)) == asked


@given(_asked, _asked)
def test_only_what_was_asked_for_is_compared(asked, more):
    told = {**aws_form({f"{name}X": value for name, value in more.items()}), **aws_form(asked)}
    assert observed(asked, told) == asked


@given(_asked)
def test_what_aws_does_not_tell_is_taken_as_asked(asked):
    assert observed(asked, {}) == asked


def test_what_was_changed_is_seen_at_its_place():
    asked = {"versioningConfiguration": {"status": "Enabled"}, "visibility": 30, "on": True, "keys": ["a", "b"]}
    told = {"VersioningConfiguration": {"Status": "Suspended"}, "Visibility": "45", "On": "false", "Keys": ["b", "c"]}
    assert observed(asked, told) == {
        "versioningConfiguration": {"status": "Suspended"}, "visibility": 45, "on": False, "keys": ["b", "c"],
    }  # fmt: skip


def test_other_spellings_are_no_drift():
    policy = '{"Version": "2012-10-17", "Statement": []}'
    asked = {"policy": policy, "trust": policy, "key": "abc", "subnets": ["s2", "s1"], "alg": "AES256"}
    told = {
        "Policy": '{"Statement":[],"Version":"2012-10-17"}',
        "Trust": json.loads(policy),
        "Key": "arn:aws:kms:eu-west-1:123456789012:key/abc",
        "Subnets": ["s1", "s2"],
        "Alg": "aes256",
    }
    assert observed(asked, told) == asked


def test_items_whose_order_aws_does_not_keep_are_found_where_the_program_put_them():
    asked = {"rules": [{"id": "a", "days": 1}, {"id": "b", "days": 2}]}
    assert observed(asked, {"Rules": [{"Id": "b", "Days": 2}, {"Id": "a", "Days": 1}]}) == asked
    drifted = observed(asked, {"Rules": [{"Id": "b", "Days": 9}, {"Id": "a", "Days": 1}]})
    assert drifted == {"rules": [{"id": "a", "days": 1}, {"id": "b", "days": 9}]}
    gone = observed(asked, {"Rules": [{"Id": "b", "Days": 2, "Status": "Enabled"}]})
    assert gone == {"rules": [{"id": "b", "days": 2, "status": "Enabled"}]}


def test_names_that_differ_by_more_than_case_and_lists_of_one():
    asked = {"name": "q", "rule": {"sse": {"kmsMasterKeyId": "k"}}}
    told = {"QueueName": "q", "Rules": [{"Sse": {"KMSMasterKeyID": "other"}}]}
    found = observed(asked, told, renamed={"name": "QueueName", "rule": "Rules"})
    assert found == {"name": "q", "rule": {"sse": {"kmsMasterKeyId": "other"}}}


def test_an_import_is_filled_from_what_aws_tells():
    assert observed({}, {"KeySpec": "RSA_2048", "Other": 1}, renamed={"customerMasterKeySpec": "KeySpec"}, fill=["customerMasterKeySpec"]) == {
        "customerMasterKeySpec": "RSA_2048"
    }  # fmt: skip
    assert provider_form({"SubnetIds": [{"Id": "s"}]}) == {"subnetIds": [{"id": "s"}]}
