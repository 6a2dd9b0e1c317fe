"""ScheduledJob: a program that EventBridge Scheduler starts at set times, and whose failed starts are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.capacity_settings import FARGATE, SPOT
from infra.components.component import Component, component_options
from infra.components.program import ProgramArgs
from infra.components.task import Task
from infra.job_settings import JobSettings
from infra.tags import CLASSIFICATION


@dataclass(frozen=True, kw_only=True)
class ScheduledJobArgs(ProgramArgs):
    """What a ScheduledJob is made from, beside what every program is.

    Attributes:
        job: Its name in the settings; the container's name too.
        settings: Its settings.
        key: KMS key of the schedule and of its dead letters.
        keep: Whether its dead letters are protected.
    """

    job: str
    settings: JobSettings
    key: pulumi.Input[str]
    keep: bool = True


class ScheduledJob(Component):
    """A schedule, the task that it runs, the role that may run this task alone, and a dead-letter queue.

    Attributes:
        schedule: The schedule.
        task: What it runs.
        group: Security group of its tasks.
        dead_letters: Starts that failed for good.
    """

    def __init__(self, name: str, args: ScheduledJobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:ScheduledJob", name, {}, component_options(name, opts, args.transform))
        self._name, self._args = name, args
        self.task = Task(
            name,
            args.task(args.job, args.settings, path=f"jobs.{args.job}"),
            opts=self._child(),
        )
        self.group = self.task.group
        self.dead_letters = self._dead_letters()
        self.schedule = self._schedule()
        self._done({"name": self.schedule.name})

    def _dead_letters(self) -> aws.sqs.Queue:
        args = self._args
        queue = aws.sqs.Queue(
            names.logical("aws:sqs/queue:Queue", f"{self._name}-dead"),
            kms_master_key_id=args.key,
            kms_data_key_reuse_period_seconds=300,
            message_retention_seconds=14 * 86_400,
            tags={CLASSIFICATION: "internal"},
            opts=self._child(protect=args.keep or None),
        )
        aws.sqs.QueuePolicy(
            f"{self._name}-dead-policy",
            queue_url=queue.url,
            policy=policies.document(policies.deny_without_tls(queue.arn, "sqs")),
            opts=self._child(),
        )
        return queue

    def _role(self, group: aws.scheduler.ScheduleGroup) -> aws.iam.Role:
        args, name = self._args, self._name
        role = aws.iam.Role(
            names.logical("aws:iam/role:Role", f"{name}-schedule"),
            description=f"Starts {args.job}",
            # The group's ARN, as the schedules in it are made after the role (EventBridge Scheduler User Guide,
            # 'Confused deputy prevention').
            assume_role_policy=policies.trust(args.account, "scheduler.amazonaws.com", group.arn),
            opts=self._child(),
        )
        definition, roles = self.task.definition, self.task.roles
        in_cluster = {"ArnEquals": {"ecs:cluster": args.cluster.cluster.arn}}
        to_tasks = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
        aws.iam.RolePolicy(
            f"{name}-schedule-policy",
            role=role.id,
            policy=policies.document(
                policies.allow("RunTask", ["ecs:RunTask"], [definition.arn], condition=in_cluster),
                policies.allow(
                    "TagTask", ["ecs:TagResource"], [args.account.arn("ecs", "task/*")], condition=_on_run()
                ),
                policies.allow(
                    "PassRoles", ["iam:PassRole"], [roles.task.arn, roles.execution.arn], condition=to_tasks
                ),
                policies.allow("KeepDeadLetters", ["sqs:SendMessage"], [self.dead_letters.arn]),
                policies.allow("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], [args.key]),
            ),
            opts=self._child(),
        )
        return role

    def _schedule(self) -> aws.scheduler.Schedule:
        args, settings, name = self._args, self._args.settings, self._name
        group = aws.scheduler.ScheduleGroup(f"{name}-schedules", name=name, opts=self._child())
        return aws.scheduler.Schedule(
            f"{name}-schedule",
            name=name,
            group_name=group.name,
            schedule_expression=settings.schedule,
            schedule_expression_timezone=settings.zone,
            state="ENABLED" if settings.enabled else "DISABLED",
            kms_key_arn=args.key,
            flexible_time_window=_window(settings.spread),
            target={
                "arn": args.cluster.cluster.arn,
                "role_arn": self._role(group).arn,
                "ecs_parameters": {
                    "task_definition_arn": self.task.definition.arn,
                    "task_count": settings.tasks,
                    "capacity_provider_strategies": [
                        {"capacity_provider": SPOT if settings.spot else FARGATE, "base": 0, "weight": 1}
                    ],
                    "platform_version": "LATEST",
                    "enable_execute_command": False,
                    "enable_ecs_managed_tags": True,
                    "propagate_tags": "TASK_DEFINITION",
                    "network_configuration": self.task.placement,
                },
                "retry_policy": {
                    "maximum_event_age_in_seconds": settings.retry_for,
                    "maximum_retry_attempts": settings.retry_attempts,
                },
                "dead_letter_config": {"arn": self.dead_letters.arn},
            },
            opts=self._child(depends_on=[args.cluster.providers]),
        )


def _on_run() -> dict[str, Any]:
    """Tags are put while a task is started, and at no other time."""
    return {"StringEquals": {"ecs:CreateAction": "RunTask"}}


def _window(spread: int) -> Any:
    if not spread:
        return {"mode": "OFF"}
    return {"mode": "FLEXIBLE", "maximum_window_in_minutes": spread // 60}
