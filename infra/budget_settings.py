"""Settings of cost: budgets, anomalies, and the tags that bills are split by."""

from __future__ import annotations

from pydantic import Field, model_validator

from infra.quantities import complaint
from infra.scaling_settings import Strict


class BudgetSettings(Strict):
    """US dollars, for what carries this stack's tags."""

    monthly: float = Field(gt=0, description="US dollars a month; told at 80 %, at 100 %, and when 100 % is forecast")
    launch_day: float | None = Field(
        default=None, gt=0, description="US dollars on the launch's day alone; needs a launch plan"
    )
    anomalies: bool = Field(default=False, description="Cost Anomaly Detection for this stack's tags")
    anomaly_from: float = Field(default=100, gt=0, description="US dollars from which an anomaly is told")
    cost_centers: tuple[str, ...] = Field(
        default=(), description="Cost centers that exist; tags.cost_center must be one of them"
    )
    activate_tags: bool = Field(
        default=False,
        description="Make the tags columns of the bill; only the paying account may, a day after they were first seen",
    )

    @model_validator(mode="after")
    def _a_day_is_in_a_month(self) -> BudgetSettings:
        if self.launch_day is not None and self.launch_day > self.monthly:
            raise complaint(
                f"is above what the whole month may cost ({self.monthly:g})",
                fix="Raise budget.monthly",
                at="launch_day",
            )
        return self

    def agrees(self, cost_center: str, *, planned: bool) -> None:
        """Raise the complaint of what is at odds with the rest of the stack.

        Args:
            cost_center: The stack's.
            planned: Whether it names a launch plan.
        """
        if self.cost_centers and cost_center not in self.cost_centers:
            raise complaint(
                "is not a cost center of budget.cost_centers, so that its bill would go to nobody",
                allowed=", ".join(self.cost_centers),
                at="tags.cost_center",
            )
        if self.launch_day is not None and not planned:
            raise complaint(
                "needs the day of the launch, and the stack names no plan",
                fix="Add launch_plan, or take launch_day out",
                at="budget.launch_day",
            )
