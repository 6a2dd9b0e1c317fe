"""Streams and delivery streams."""

from __future__ import annotations

from collections.abc import Iterator

from surgeproof.graph.live.account import Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import camel, picked, without_nothing


@reads("aws:kinesis/stream:Stream", calls=("kinesis.list_streams", "kinesis.describe_stream_summary"))
def streams(account: Reading) -> Iterator[Found]:
    """Data streams of the region."""
    for name in account.rows("kinesis.list_streams", "StreamNames"):
        row = account.call("kinesis.describe_stream_summary", StreamName=name)["StreamDescriptionSummary"]
        inputs = picked(
            row,
            name="StreamName",
            encryptionType="EncryptionType",
            kmsKeyId="KeyId",
            retentionPeriod="RetentionPeriodHours",
        )
        yield Found("aws:kinesis/stream:Stream", row["StreamARN"], inputs, {"arn": row["StreamARN"], "name": name})


@reads(
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    calls=("firehose.list_delivery_streams", "firehose.describe_delivery_stream"),
)
def deliveries(account: Reading) -> Iterator[Found]:
    """Delivery streams of the region."""
    answer = account.call("firehose.list_delivery_streams", Limit=10_000)
    for name in answer.get("DeliveryStreamNames", ()):
        told = account.call("firehose.describe_delivery_stream", DeliveryStreamName=name)
        row = told["DeliveryStreamDescription"]
        encryption = row.get("DeliveryStreamEncryptionConfiguration", {})
        target = (row.get("Destinations") or [{}])[0].get("ExtendedS3DestinationDescription", {})
        logging = camel(target.get("CloudWatchLoggingOptions", {}))
        inputs = {
            "name": name,
            "serverSideEncryption": without_nothing(
                {
                    "enabled": encryption.get("Status") in {"ENABLED", "ENABLING"},
                    "keyArn": encryption.get("KeyARN"),
                    "keyType": encryption.get("KeyType"),
                }
            ),
            "extendedS3Configuration": {
                **picked(target, bucketArn="BucketARN", errorOutputPrefix="ErrorOutputPrefix"),
                "cloudwatchLoggingOptions": logging,
            },
        }
        arn = row["DeliveryStreamARN"]
        yield Found(
            "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", arn, inputs, {"arn": arn, "name": name}
        )
