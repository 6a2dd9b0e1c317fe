"""The account's bootstrap, on the embedded AWS: made once, left alone, tightened again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.guard import FAKE_ACCESS_KEY, FAKE_SECRET_KEY

ROOT = Path(__file__).resolve().parents[2]
REGION = "eu-west-1"


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as embedded:
        yield embedded


def bootstrap(aws: EmbeddedAws, *arguments: str) -> subprocess.CompletedProcess[str]:
    credentials = {"AWS_ACCESS_KEY_ID": FAKE_ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": FAKE_SECRET_KEY}
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts/bootstrap.py"), "--region", REGION, *arguments],
        env={**os.environ, **credentials, "AWS_ENDPOINT_URL": aws.endpoint_url},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_makes_what_is_missing_once_and_tightens_what_was_loosened(aws: EmbeddedAws):
    dry = bootstrap(aws, "--dry-run")
    assert dry.returncode == 1
    assert dry.stderr.count("missing") == 8
    assert not aws.client("s3").list_buckets()["Buckets"]

    made = bootstrap(aws)
    assert made.returncode == 0, made.stderr
    assert made.stderr.count("making") == 8
    (bucket,) = (item["Name"] for item in aws.client("s3").list_buckets()["Buckets"])
    assert made.stdout.splitlines() == [
        f"pulumi login 's3://{bucket}?region={REGION}'",
        f"pulumi stack init dev --secrets-provider 'awskms:///alias/pulumi-state?region={REGION}'",
    ]

    again = bootstrap(aws)
    assert again.stderr.count("there") == 8, again.stderr

    aws.client("s3").delete_bucket_policy(Bucket=bucket)
    aws.client("s3").delete_public_access_block(Bucket=bucket)
    loosened = bootstrap(aws, "--dry-run")
    assert [line for line in loosened.stderr.splitlines() if line.startswith("missing")] == [
        f"missing  {bucket}: no public access",
        f"missing  {bucket}: TLS only",
    ]
    assert bootstrap(aws).returncode == 0
    assert bootstrap(aws, "--dry-run").returncode == 0


def test_what_the_team_has_added_stays(aws: EmbeddedAws):
    assert bootstrap(aws).returncode == 0
    s3 = aws.client("s3")
    (bucket,) = (item["Name"] for item in s3.list_buckets()["Buckets"])
    own = {
        "Sid": "Own",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:DeleteBucket",
        "Resource": f"arn:aws:s3:::{bucket}",
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [own]}))
    rule = {"ID": "own", "Status": "Enabled", "Filter": {"Prefix": "own/"}, "Expiration": {"Days": 3}}
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
    assert bootstrap(aws).stderr.count("making") == 2
    kept = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    assert [item["Sid"] for item in kept] == ["Own", "TlsOnly"]
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert [item["ID"] for item in rules] == ["own", "old-states"]
    assert bootstrap(aws, "--dry-run").returncode == 0


def test_an_account_that_does_not_answer_is_told_in_a_sentence():
    nowhere = subprocess.run(
        [sys.executable, str(ROOT / "scripts/bootstrap.py"), "--region", REGION],
        env={
            **os.environ,
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
            "AWS_MAX_ATTEMPTS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert nowhere.returncode == 2
    assert nowhere.stderr.startswith("bootstrap: AWS refused it: ")
    assert "Traceback" not in nowhere.stderr
