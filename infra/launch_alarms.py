"""The alarms that a launch needs, as specifications: what each part of the shop can run out of. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pulumi

from infra.alarm import AlarmSpec, Metric

Name = pulumi.Input[str]
FULL = 0.8
"""Share of a limit at which there is still time to raise it."""
ACU_FULL = 90
"""Percent of the largest capacity; ACUUtilization is a percentage already."""
MEMORY_FULL = 80
"""Percent of a cache node's memory (DatabaseMemoryUsagePercentage), before it throws keys out."""
BALANCER = "AWS/ApplicationELB"
INSIGHTS = "ECS/ContainerInsights"


def balancer_alarms(balancer: Name, *, error_share: float, latency: float) -> list[AlarmSpec]:
    """Errors of the load balancer itself, errors of the tasks, and p95.

    Args:
        balancer: Suffix of its ARN, which is the dimension's value.
        error_share: Share of requests.
        latency: Seconds.
    """
    door = {"LoadBalancer": balancer}
    # One error among fewer requests than this would be above the limit all by itself.
    enough = math.ceil(1 / error_share)
    requests = Metric(BALANCER, "RequestCount", door, "Sum")

    def share(metric: str) -> tuple[dict[str, Metric], str]:
        # RequestCount leaves out what no target could be found for, and a metric without an event has no datapoint.
        total = "(FILL(requests, 0) + FILL(errors, 0))"
        return (
            {"requests": requests, "errors": Metric(BALANCER, metric, door, "Sum")},
            f"IF({total} >= {enough}, FILL(errors, 0) / {total}, 0)",
        )

    own, own_share = share("HTTPCode_ELB_5XX_Count")
    theirs, their_share = share("HTTPCode_Target_5XX_Count")
    return [
        AlarmSpec(
            "balancer-errors",
            f"The load balancer answers more than {error_share:.2%} of requests with 5xx itself: no healthy task, or "
            "tasks that hang up. Look at healthy tasks first.",
            own,
            error_share,
            expression=own_share,
        ),
        AlarmSpec(
            "task-errors",
            f"Tasks answer more than {error_share:.2%} of requests with 5xx. Look at their logs.",
            theirs,
            error_share,
            expression=their_share,
        ),
        AlarmSpec(
            "latency",
            f"p95 of the tasks' answers is above {latency:g} s. Look at CPU, then at the database.",
            {"p95": Metric(BALANCER, "TargetResponseTime", door, "p95")},
            latency,
        ),
    ]


def service_alarms(
    service: str,
    cluster: Name,
    ecs_service: Name,
    *,
    start_periods: int,
    ceiling: int | None,
    max_tasks: int,
    sleeps: bool = False,
) -> list[AlarmSpec]:
    """Fewer tasks than are wanted, for longer than a start takes; and so many that scaling is near its end.

    Container Insights tells nothing of a service without tasks: one that always has some is gone then, and one that
    sleeps while there is no work is well.
    """
    tasks = {"ClusterName": cluster, "ServiceName": ecs_service}
    desired = Metric(INSIGHTS, "DesiredTaskCount", tasks, "Maximum")
    alarms = [
        AlarmSpec(
            f"{service}-tasks-missing",
            f"{service} runs fewer tasks than it wants for {start_periods} minutes: they don't start, or don't stay. "
            "Look at the service's events.",
            {"desired": desired, "running": Metric(INSIGHTS, "RunningTaskCount", tasks, "Minimum")},
            0,
            expression="desired - running",
            periods=start_periods,
            missing="notBreaching" if sleeps else "breaching",
        )
    ]
    if ceiling is not None:
        alarms.append(
            AlarmSpec(
                f"{service}-at-max",
                f"{service} wants {ceiling} tasks or more, and can have {max_tasks}. Raise its max_tasks.",
                {"desired": desired},
                ceiling,
                comparison="GreaterThanOrEqualToThreshold",
                periods=2,
            )
        )
    return alarms


def queue_alarms(service: str, queue: Name, *, age: float, depth: int) -> list[AlarmSpec]:
    """The oldest message is too old; more wait than all tasks together work off in time."""
    where = {"QueueName": queue}
    return [
        AlarmSpec(
            f"{service}-queue-age",
            f"The oldest message for {service} waits for more than {age:g} s. Look at its tasks, then at their errors.",
            {"age": Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", where, "Maximum")},
            age,
        ),
        AlarmSpec(
            f"{service}-queue-depth",
            f"More than {depth} messages wait for {service}: not even all its tasks work them off in {age:g} s. "
            "Raise its max_tasks.",
            {"depth": Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", where, "Maximum")},
            depth,
        ),
    ]


def dead_letter_alarm(key: str, queue: Name, what: str) -> AlarmSpec:
    """One message in a dead-letter queue is enough.

    The number of visible messages and not of sent ones: what SQS itself moves there is not counted as sent
    (Amazon SQS Developer Guide, 'Creating alarms for dead-letter queues').
    """
    return AlarmSpec(
        f"{key}-dead-letters",
        f"{what} Nobody will handle them: read one, mend the cause, then redrive the queue.",
        {"dead": Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": queue}, "Maximum")},
        1,
        comparison="GreaterThanOrEqualToThreshold",
        periods=1,
    )


def cache_alarms(nodes: Sequence[Name]) -> list[AlarmSpec]:
    """The cache throws keys out, or is about to.

    Args:
        nodes: Ids of the nodes; ElastiCache has these metrics by node alone.
    """
    evicted = {f"n{n}": Metric("AWS/ElastiCache", "Evictions", {"CacheClusterId": id_}, "Sum") for n, id_ in enumerate(nodes)}  # fmt: skip
    memory = {
        f"n{number}": Metric("AWS/ElastiCache", "DatabaseMemoryUsagePercentage", {"CacheClusterId": id_}, "Maximum")
        for number, id_ in enumerate(nodes)
    }
    keys = ", ".join(evicted)
    return [
        AlarmSpec(
            "cache-evictions",
            "The cache throws carts or products out to make room. Take a larger node_type.",
            evicted,
            0,
            expression=f"SUM([{keys}])",
        ),
        AlarmSpec(
            "cache-memory",
            f"A node of the cache is more than {MEMORY_FULL} % full. Take a larger node_type before it throws keys out.",
            memory,
            MEMORY_FULL,
            expression=f"MAX([{keys}])",
        ),
    ]


def database_alarms(cluster: Name, *, connections: int) -> list[AlarmSpec]:
    """The database runs out of connections, or of capacity.

    Args:
        cluster: Its identifier.
        connections: That it takes.
    """
    where = {"DBClusterIdentifier": cluster}
    few = math.floor(FULL * connections)
    return [
        AlarmSpec(
            "database-connections",
            f"More than {few} of {connections} connections to an instance of the database are open. Smaller pools, a "
            "proxy, or more max_capacity.",
            {"open": Metric("AWS/RDS", "DatabaseConnections", where, "Maximum")},
            few,
        ),
        AlarmSpec(
            "database-capacity",
            f"The database uses more than {ACU_FULL} % of its max_capacity. Raise it: that needs no restart.",
            {"used": Metric("AWS/RDS", "ACUUtilization", where, "Maximum")},
            ACU_FULL,
        ),
    ]


def canary_alarm(canary: Name, every: int) -> AlarmSpec:
    """Two walks in a row did not come through.

    Args:
        canary: Its name.
        every: Seconds between walks; the period of the alarm.
    """
    return AlarmSpec(
        "checkout-walk",
        "The robot does not get through to the checkout, twice in a row. Its artefacts say where it stopped.",
        {"passed": Metric("CloudWatchSynthetics", "SuccessPercent", {"CanaryName": canary}, "Average", every)},
        90,
        comparison="LessThanThreshold",
        periods=2,
        # A robot that does not walk tells nothing: that is told, too.
        missing="breaching",
    )
