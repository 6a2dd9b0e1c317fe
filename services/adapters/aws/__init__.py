"""AWS through boto3, each call in a thread: the event bus and the order queue."""
