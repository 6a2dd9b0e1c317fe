"""The autoscaler of one service, as AWS would run it: policies, schedule, floor and ceiling, as one state machine."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable
from datetime import datetime

from surgeproof.launch.records import ScalingEvent
from surgeproof.scaling.agenda import Agenda
from surgeproof.scaling.cooldowns import Cooldowns
from surgeproof.scaling.errors import PolicyError
from surgeproof.scaling.metric import MetricSpec
from surgeproof.scaling.proposal import Proposal
from surgeproof.scaling.publication import AWS_PUBLICATION, PublicationDelay
from surgeproof.scaling.stepping import SteppingState
from surgeproof.scaling.targets import Policy, ScalableTarget, ScheduledAction, TargetTracking
from surgeproof.scaling.tracking import TrackingState

_State = TrackingState | SteppingState


class ServiceAutoscaler:
    """Application Auto Scaling for one ECS service, in launch seconds. Pure: the caller tells it the time.

    Rules (sources in the modules): a policy scales out alone, and the largest wish wins; tracking policies
    scale in only when all agree; scheduled actions move floor and ceiling, and the desired count with them at
    once, whatever cooldown holds; without data nothing is scaled; never beyond floor and ceiling.

    Attributes:
        desired: Desired count now.
        minimum: Floor in force.
        maximum: Ceiling in force.
    """

    def __init__(
        self,
        service: str,
        target: ScalableTarget,
        policies: Iterable[Policy],
        actions: Iterable[ScheduledAction],
        *,
        desired: int,
        curve_start: datetime,
        delays: PublicationDelay = AWS_PUBLICATION,
    ) -> None:
        """Take the service over at launch second 0.

        Actions of the week before are taken as done, so that a pre-warm before the curve's start is in force:
        ``desired`` and the floor already show it, and the first step tells it as an event.

        Args:
            service: Name for the events.
            target: Floor, ceiling, what is suspended.
            policies: As parsed.
            actions: As parsed.
            desired: Desired count that is deployed.
            curve_start: Date and time, with zone, of launch second 0.
            delays: From the end of a period to the alarm.
        """
        self.service = service
        self.desired, self.minimum, self.maximum = desired, target.minimum, target.maximum
        self._target = target
        self._delays = delays
        self._states: list[_State] = [
            TrackingState(policy) if isinstance(policy, TargetTracking) else SteppingState(policy)
            for policy in policies
        ]
        self._periods = self._check_periods()
        self._agenda = Agenda(actions, curve_start)
        self._cooldowns = Cooldowns()
        self._published: list[tuple[float, int, str, float | None]] = []
        self._order = itertools.count()
        self._ceiling_told: int | None = None
        self._early = [] if target.suspended_scheduled else self._run_schedule(0.0, early=True)

    def _check_periods(self) -> dict[str, int]:
        periods: dict[str, int] = {}
        for state in self._states:
            metric = state.policy.metric
            if periods.setdefault(metric.key, metric.period) != metric.period:
                raise PolicyError(
                    "two policies read one metric at two periods",
                    path=state.policy.name,
                    got=metric.period,
                    allowed=str(periods[metric.key]),
                    fix="Give all policies on this metric the same resolution",
                )
        return periods

    @property
    def metrics(self) -> tuple[MetricSpec, ...]:
        """What must be fed: each metric once."""
        return tuple({state.policy.metric.key: state.policy.metric for state in self._states}.values())

    def feed(self, metric_key: str, at: float, value: float | None) -> None:
        """Take the datapoint of the period that ended at launch second ``at``; None when there is none."""
        if metric_key not in self._periods:
            raise PolicyError("no policy reads this metric", got=metric_key, allowed=", ".join(self._periods))
        seen_at = at + self._delays.of(self._periods[metric_key])
        heapq.heappush(self._published, (seen_at, next(self._order), metric_key, value))

    def step(self, at: float, running: int) -> list[ScalingEvent]:
        """Do all that is due until launch second ``at``.

        Args:
            at: Launch second, never before that of the call before. Call every few launch seconds.
            running: Tasks that run, healthy or not, and do not drain.

        Returns:
            What happened, in order: ``alarm``, ``decision``, ``at_max``, ``scheduled``, ``recovered``.
        """
        events, self._early = self._early, []
        if not self._target.suspended_scheduled:
            events += self._run_schedule(at)
        while self._published and self._published[0][0] <= at:
            _, _, key, value = heapq.heappop(self._published)
            reading = [state for state in self._states if state.policy.metric.key == key]
            for state in reading:
                events += self._see(state, at, value)
            events += self._decide(at, running, reading)
        return events

    def _run_schedule(self, at: float, *, early: bool = False) -> list[ScalingEvent]:
        events: list[ScalingEvent] = []
        for due, action in self._agenda.due(at):
            before = self.desired
            self.minimum = self.minimum if action.minimum is None else action.minimum
            self.maximum = self.maximum if action.maximum is None else action.maximum
            # AWS refuses a floor above the ceiling: when an action leaves one, the ceiling stands.
            self.minimum = min(self.minimum, self.maximum)
            self.desired = min(max(self.desired, self.minimum), self.maximum)
            events.append(
                self._event(
                    due if early else at,
                    "scheduled",
                    policy=action.name,
                    before=before,
                    after=self.desired,
                    note=f"min {self.minimum}, max {self.maximum}",
                )
            )
        return events

    def _see(self, state: _State, at: float, value: float | None) -> list[ScalingEvent]:
        was = state.high.raised
        state.see(value)
        if state.high.raised == was or value is None:
            return []
        return [
            self._event(
                at,
                "alarm" if state.high.raised else "recovered",
                policy=state.policy.name,
                metric=state.policy.metric.key,
                value=value,
                target=state.target,
            )
        ]

    def _decide(self, at: float, running: int, reading: list[_State]) -> list[ScalingEvent]:
        base = self._cooldowns.base(at, running)
        proposals = [(state, state.propose(base=base, running=running)) for state in self._states]
        fresh = [(state, wish) for state, wish in proposals if state in reading]
        outs = [(state, wish) for state, wish in fresh if wish.direction == "out"]
        if outs:
            return self._scale_out(at, running, *max(outs, key=lambda pair: pair[1].wanted or 0))
        ins = [(state, wish) for state, wish in proposals if wish.direction == "in"]
        agreed = not any(wish.vetoes_in for state, wish in proposals if isinstance(state, TrackingState))
        # A tracking policy that is content does not hold a step policy back; one that wants out does.
        urgent = any(wish.direction == "out" for _, wish in proposals)
        ins = [(s, wish) for s, wish in ins if not urgent and (agreed or isinstance(s, SteppingState))]
        if ins and any(state in reading for state, _ in ins):
            return self._scale_in(at, *max(ins, key=lambda pair: pair[1].wanted or 0))
        return []

    def _scale_out(self, at: float, running: int, state: _State, wish: Proposal) -> list[ScalingEvent]:
        wanted = max(wish.wanted or 0, self.minimum)
        events: list[ScalingEvent] = []
        if self._target.suspended_out:
            return events
        if wanted > self.maximum and wanted != self._ceiling_told:
            self._ceiling_told = wanted
            events.append(self._decision(at, "at_max", state, wish, after=max(self.desired, self.maximum)))
        elif wanted <= self.maximum:
            self._ceiling_told = None
        after = min(wanted, self.maximum)
        if after > self.desired:
            events.append(self._decision(at, "decision", state, wish, after=after))
            self.desired = after
            self._cooldowns.scaled_out(at, running, state.cooldown_out)
        return events

    def _scale_in(self, at: float, state: _State, wish: Proposal) -> list[ScalingEvent]:
        after = min(max(wish.wanted or 0, self.minimum), self.maximum)
        if after >= self.desired or self._target.suspended_in or not self._cooldowns.allows_in(at):
            return []
        event = self._decision(at, "decision", state, wish, after=after)
        self.desired = after
        self._ceiling_told = None
        self._cooldowns.scaled_in(at, state.cooldown_in)
        return [event]

    def _decision(self, at: float, kind: str, state: _State, wish: Proposal, *, after: int) -> ScalingEvent:
        return self._event(
            at,
            kind,
            policy=state.policy.name,
            metric=state.policy.metric.key,
            value=wish.value,
            target=state.target,
            before=self.desired,
            after=after,
            wanted=wish.wanted,
        )

    def _event(self, at: float, kind: str, **fields: object) -> ScalingEvent:
        return ScalingEvent.model_validate({"at": at, "service": self.service, "kind": kind, **fields})
