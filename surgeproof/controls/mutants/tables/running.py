"""Claims of controls of how tasks run and how balancers spread requests over them."""

from surgeproof.controls.mutants.claims import claims
from surgeproof.controls.mutants.groups import container, off
from surgeproof.controls.mutants.operators import Mutation, drop, put
from surgeproof.controls.mutants.paths import GONE


def unsaid(path: str) -> Mutation:
    """A property of the first container that is left out."""
    return put(f"containerDefinitions[0].{path}", GONE, linked=True, label=f"no {path}")


claims(
    "ECS-13",
    drop("propagateTags"),
    put("propagateTags", "NONE"),
    off("enableEcsManagedTags"),
)
PERCENT = "deploymentMaximumPercent"
claims("ECS-14", put(PERCENT, 100), put(PERCENT, 150), put(PERCENT, "199"), put(PERCENT, 101))
GRACE = "healthCheckGracePeriodSeconds"
claims("ECS-15", put(GRACE, 601), put(GRACE, 86_400), put(GRACE, "3600"), drop("loadBalancers", but={GRACE: 60}))
PLATFORM = "runtimePlatform"
claims(
    "ECS-16",
    drop(PLATFORM),
    drop(f"{PLATFORM}.cpuArchitecture"),
    drop(f"{PLATFORM}.operatingSystemFamily"),
    put(f"{PLATFORM}.cpuArchitecture", ""),
)
claims("ECS-17", unsaid("stopTimeout"), container("stopTimeout", 2, 0, 600))
OPTIONS = "logConfiguration.options"
claims(
    "ECS-18",
    unsaid(f"{OPTIONS}.mode"),
    unsaid(f"{OPTIONS}.max-buffer-size"),
    container(f"{OPTIONS}.mode", "blocking", ""),
)
INIT = "linuxParameters.initProcessEnabled"
claims("ECS-19", unsaid(INIT), unsaid("linuxParameters"), container(INIT, False, "false"))
claims(
    "ECS-20",
    drop("settings"),
    put("settings", []),
    put("settings", [{"name": "containerInsights", "value": "disabled"}]),
    put("settings", [{"name": "another", "value": "enabled"}]),
)
claims("ECS-21", put("memory", "256"), put("memory", "700"), put("cpu", "4096"), put("cpu", "300"), drop("memory"))
CROSS = "loadBalancingCrossZoneEnabled"
claims("ALB-08", put(CROSS, "false"), put(CROSS, False))
claims("ALB-09", off("enableHttp2", needed=False), put("idleTimeout", 5), put("idleTimeout", 4000))
CHECK = "healthCheck"
claims(
    "ALB-10",
    put(f"{CHECK}.matcher", "200-399"),
    put(f"{CHECK}.matcher", "200,302"),
    put(f"{CHECK}.matcher", "404"),
    put(f"{CHECK}.timeout", 10),
    put(f"{CHECK}.timeout", 60),
)
claims(
    "ALB-11",
    put(f"{CHECK}.healthyThreshold", 10),
    put(f"{CHECK}.interval", 60),
    put(f"{CHECK}.interval", 300),
    drop(CHECK),
)
ALGORITHM = "loadBalancingAlgorithmType"
claims("ALB-12", drop(ALGORITHM), put(ALGORITHM, "round_robin"), put(ALGORITHM, ""))
claims(
    "ALB-13",
    drop("targetType"),
    put("targetType", "instance"),
    put("targetType", "lambda"),
    put("targetType", "alb"),
)
