"""Claims of controls of scaling, and of plans that stay still."""

from surgeproof.controls.mutants.claims import claims
from surgeproof.controls.mutants.groups import container
from surgeproof.controls.mutants.operators import added, drop, edited, gone, option, put

TARGET, POLICY, ACTION = "scaling_target", "scaling_policy", "scheduled_action"
claims(
    "SCL-01",
    gone(TARGET),
    gone(POLICY),
    option("a deployment resets its tasks", ignore_changes=()),
    put("suspendedState", {"dynamicScalingOutSuspended": True}, on=TARGET),
    drop("resourceId", on=POLICY),
)
claims(
    "SCL-02",
    put("minCapacity", 1),
    put("minCapacity", 0),
    put("maxCapacity", 3),
    put("maxCapacity", 2),
    added(
        "warmed up to more than it may have",
        "aws:appautoscaling/scheduledAction:ScheduledAction",
        {"scalableTargetAction": {"minCapacity": 999}},
        resourceId="",
    ),
)
TRACKING = "targetTrackingScalingPolicyConfiguration"
claims(
    "SCL-03",
    put(f"{TRACKING}.scaleOutCooldown", 900, linked=True),
    put(f"{TRACKING}.scaleInCooldown", 10, linked=True),
    put(f"{TRACKING}.disableScaleIn", True, linked=True),
    put(f"{TRACKING}.targetValue", 95, linked=True),
    put(f"{TRACKING}.targetValue", 10, linked=True),
)
claims(
    "SCL-04",
    gone(POLICY),
    drop(TRACKING, "stepScalingPolicyConfiguration", on=POLICY, but={"policyType": "TargetTrackingScaling"}),
    put(
        TRACKING,
        {"predefinedMetricSpecification": {"predefinedMetricType": "ECSServiceAverageCPUUtilization"}},
        on=POLICY,
        but={"policyType": "TargetTrackingScaling"},
    ),
    drop("resourceId", on=POLICY),
)
claims(
    "SCL-05",
    drop("timezone", on=ACTION),
    put("scalableTargetAction.minCapacity", 20, on=ACTION),
    gone(ACTION, where=lambda item: item.name.endswith(("restore", "release"))),
    put("minCapacity", 0),
)
claims(
    "SCL-06",
    put("cidrBlock", "10.20.0.0/28", on="subnet", linked=True),
    put("maxCapacity", 100_000, on=TARGET, linked=True),
    put("cpu", "16384", on="task_definition", linked=True),
    put("deploymentMaximumPercent", 100_000),
    put("serverlessv2ScalingConfiguration.maxCapacity", 1, on="database_cluster", linked=True),
    put("parameters", [{"name": "max_connections", "value": "100"}], on="database_parameters", linked=True),
)
claims(
    "PLN-01",
    *(drop(f"containerDefinitions[0].{key}") for key in ("environment", "volumesFrom", "systemControls")),
    container("portMappings", [{"containerPort": 80}]),
    container("environment", [{"name": "B", "value": "1"}, {"name": "A", "value": "2"}]),
)
claims("PLN-02", option("the program takes the listener back", on="listener", ignore_changes=()))
claims(
    "PLN-03",
    put(f"{TRACKING}.predefinedMetricSpecification.resourceLabel", "app/door"),
    drop(f"{TRACKING}.predefinedMetricSpecification.resourceLabel"),
    put(f"{TRACKING}.predefinedMetricSpecification.resourceLabel", ""),
)
claims(
    "PLN-04",
    gone(POLICY),
    put("stepScalingPolicyConfiguration.stepAdjustments", [], on=POLICY),
    drop("resourceId", on=POLICY),
)
claims(
    "PLN-05", edited("repeats the owner", "tags.owner", lambda _value: "us"), put("tags", {"owner": "us", "own": "1"})
)
claims(
    "PLN-06",
    put("name", "n" * 600),
    put("bucket", "b" * 64),
    put("family", "f" * 256),
    put("clusterIdentifier", "c" * 64),
)
