"""Claims of controls of networks: flow logs, groups, subnets, endpoints."""

from surgeproof.controls.mutants.claims import claims
from surgeproof.controls.mutants.operators import added, drop, gone, moved, put

INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
WORLD = {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "description": "why"}
claims(
    "VPC-01",
    gone("flow_log"),
    put("trafficType", "REJECT", on="flow_log"),
    put("trafficType", "ACCEPT", on="flow_log"),
    drop("kmsKeyId", on="log_group"),
    drop("retentionInDays", on="log_group"),
)
claims(
    "VPC-02",
    gone("default_security_group"),
    put("ingress", [{"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}], on="default_security_group"),
    put(
        "egress",
        [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}],
        on="default_security_group",
    ),
    drop("vpcId", on="default_security_group"),
)
claims(
    "VPC-03",
    added("SSH from everywhere", INGRESS, {**WORLD, "fromPort": 22, "toPort": 22}, securityGroupId=""),
    added("RDP from everywhere", INGRESS, {**WORLD, "fromPort": 3389, "toPort": 3389}, securityGroupId=""),
    added("all ports from everywhere", INGRESS, {"cidrIpv6": "::/0", "ipProtocol": "-1"}, securityGroupId=""),
    added(
        "the older kind of rule",
        RULE,
        {"type": "ingress", "protocol": "tcp", "fromPort": 0, "toPort": 65535, "cidrBlocks": ["0.0.0.0/0"]},
        securityGroupId="",
    ),
    put("ingress", [{"protocol": "tcp", "fromPort": 20, "toPort": 25, "cidrBlocks": ["0.0.0.0/0"]}]),
)
claims(
    "VPC-04",
    added("HTTP from everywhere to a task", INGRESS, {**WORLD, "fromPort": 8080, "toPort": 8080}, securityGroupId=""),
    added("a range of ports from everywhere", INGRESS, {**WORLD, "fromPort": 443, "toPort": 8443}, securityGroupId=""),
    added("everything from everywhere", INGRESS, {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "-1"}, securityGroupId=""),
    put("ingress", [{"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "ipv6CidrBlocks": ["::/0"]}]),
)
claims(
    "VPC-05",
    drop("description", on="security_group_rule"),
    put("description", "", on="security_group_rule"),
    put("ingress", [{"protocol": "tcp", "fromPort": 1, "toPort": 1}]),
    added("a rule without a reason", INGRESS, {"ipProtocol": "tcp", "fromPort": 1, "toPort": 1}, securityGroupId=""),
)
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
claims(
    "VPC-06",
    added("everything out to everywhere", EGRESS, {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "-1"}, securityGroupId=""),
    added("everything out over IPv6", EGRESS, {"cidrIpv6": "::/0", "ipProtocol": "-1"}, securityGroupId=""),
    put("egress", [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}]),
    added(
        "the older kind of rule",
        RULE,
        {"type": "egress", "protocol": "all", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]},
        securityGroupId="",
    ),
)
claims(
    "VPC-07",
    added(
        "an address range to the data",
        INGRESS,
        {"cidrIpv4": "10.0.0.0/8", "ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432},
        securityGroupId="",
    ),
    added(
        "one address to the data",
        INGRESS,
        {"cidrIpv4": "10.0.0.7/32", "ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432},
        securityGroupId="",
    ),
    added(
        "the older kind of rule",
        RULE,
        {"type": "ingress", "protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["10.0.0.0/8"]},
        securityGroupId="",
    ),
    put("ingress", [{"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["10.0.0.0/8"]}]),
)
OPEN = {"cidrBlock": "0.0.0.0/0", "fromPort": 0, "toPort": 0}
claims(
    "VPC-08",
    put("ingress", [{**OPEN, "action": "allow", "protocol": "-1"}]),
    put("ingress", [{**OPEN, "action": "allow", "protocol": "6", "fromPort": 22, "toPort": 22}]),
    put("ingress", [{"ipv6CidrBlock": "::/0", "action": "allow", "protocol": "6", "fromPort": 3389, "toPort": 3389}]),
    added(
        "a rule of its own",
        "aws:ec2/networkAclRule:NetworkAclRule",
        {**OPEN, "ruleAction": "allow", "protocol": "-1"},
        networkAclId="",
    ),
)
claims(
    "VPC-09",
    put("mapPublicIpOnLaunch", True),
    put("mapPublicIpOnLaunch", "true"),
    put("routes", [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}], on="route_table"),
    put("gatewayId", "igw-1", on="route"),
    moved("every way out leads through one zone", "natGatewayId", "nat_gateway", on="route?app"),
)
claims(
    "VPC-10",
    gone("vpc_endpoint"),
    drop("policy", on="vpc_endpoint"),
    gone(
        "vpc_endpoint",
        where=lambda item: str(item.inputs.get("serviceName")).endswith(".dynamodb"),
        label="no endpoint of dynamodb",
    ),
    gone(
        "vpc_endpoint",
        where=lambda item: str(item.inputs.get("serviceName")).endswith(".s3"),
        label="no endpoint of s3",
    ),
    gone(
        "vpc_endpoint",
        where=lambda item: str(item.inputs.get("serviceName")).endswith(".kms"),
        label="no endpoint of kms",
    ),
    gone(
        "vpc_endpoint",
        where=lambda item: str(item.inputs.get("serviceName")).endswith(".logs"),
        label="no endpoint of logs",
    ),
)
