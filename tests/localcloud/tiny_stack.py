"""A tiny stack in the embedded AWS, deployed through boto3: a web service, a worker, their queue and their scaling."""

import json
from typing import Any

from surgeproof.graph.model import Graph

WEB = ["uvicorn", "tests.localcloud.apps.tiny:app", "--host", "0.0.0.0", "--port", "8080"]  # noqa: S104 - what containers say
WORKER = ["python", "-m", "tests.localcloud.apps.worker"]
CPU_MS = {"*": 20.0, "/free": 0.0, "/sleep/*": 0.0}


def _network(aws) -> Any:
    ec2 = aws.client("ec2")
    known = ec2.describe_subnets(Filters=[{"Name": "cidr-block", "Values": ["10.9.0.0/24", "10.9.1.0/24"]}])["Subnets"]
    if known:
        return known[0]["VpcId"], [subnet["SubnetId"] for subnet in known]
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    zones = [zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]][:2]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{index}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for index, zone in enumerate(zones)
    ]
    return vpc, subnets


def deploy(aws, *, web=WEB, worker=WORKER, web_tasks=2, cpu=512, health="/healthz", prefix="tiny"):
    """Create everything and return the graph that a program would have exported."""
    elb, ecs, sqs = (aws.client(name) for name in ("elbv2", "ecs", "sqs"))
    vpc, subnets = _network(aws)
    balancer = elb.create_load_balancer(Name=prefix, Subnets=subnets)["LoadBalancers"][0]
    group = elb.create_target_group(
        Name=prefix,
        Protocol="HTTP",
        Port=8080,
        VpcId=vpc,
        TargetType="ip",
        HealthCheckPath=health,
        HealthCheckIntervalSeconds=10,
        HealthyThresholdCount=2,
    )["TargetGroups"][0]["TargetGroupArn"]
    elb.modify_target_group_attributes(
        TargetGroupArn=group, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]
    )
    listener = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )["Listeners"][0]["ListenerArn"]
    secret = aws.client("secretsmanager").create_secret(
        Name=f"{prefix}-db", SecretString=json.dumps({"username": "shopper", "password": "s3cret/%"})
    )["ARN"]
    queue = sqs.create_queue(QueueName=prefix)["QueueUrl"]
    ecs.create_cluster(clusterName=prefix)
    environment = {
        "TINY_DATABASE_URL": "postgresql://db.cluster-abc.eu-west-3.rds.amazonaws.com:5432/shop?sslmode=require",
        "TINY_CACHE_URL": "rediss://master.cache-abc.euw3.cache.amazonaws.com:6379",
        "TINY_GREETING": "hello",
        "TINY_QUEUE_URL": queue,
    }
    web_service = _service(ecs, f"{prefix}-web", web, environment, secret, cpu=cpu, port=8080, prefix=prefix)
    ecs.create_service(
        **web_service,
        desiredCount=web_tasks,
        loadBalancers=[{"targetGroupArn": group, "containerName": "app", "containerPort": 8080}],
    )
    services = {
        "web": {
            "kind": "web",
            "cluster": prefix,
            "ecs_service": f"{prefix}-web",
            "target_group_arn": group,
            "cpu_ms": CPU_MS,
        }
    }
    if worker:
        ecs.create_service(
            **_service(ecs, f"{prefix}-worker", worker, environment, secret, cpu=256, port=None, prefix=prefix),
            desiredCount=1,
        )
        services["worker"] = {
            "kind": "worker",
            "cluster": prefix,
            "ecs_service": f"{prefix}-worker",
            "queue_url": queue,
            "processing_time": 0.1,
        }
    return Graph(
        project="tiny",
        stack="test",
        resources=(),
        exports={
            "surgeproof": {
                "services": services,
                "database": {
                    "endpoint": "db.cluster-abc.eu-west-3.rds.amazonaws.com",
                    "port": 5432,
                    "name": "shop",
                    "secret_arn": secret,
                },
                "cache": {"endpoint": "master.cache-abc.euw3.cache.amazonaws.com", "port": 6379},
                "load_balancer": {"listener_arn": listener},
            }
        },
    )


def _service(ecs, name, command, environment, secret, *, cpu, port, prefix) -> Any:
    container = {
        "name": "app",
        "image": "shop:1",
        "command": command,
        "cpu": cpu,
        "memory": 512,
        "essential": True,
        "stopTimeout": 5,
        "environment": [{"name": key, "value": value} for key, value in environment.items()],
        "secrets": [{"name": "TINY_PASSWORD", "valueFrom": f"{secret}:password::"}],
        "portMappings": [{"containerPort": port}] if port else [],
    }
    definition = ecs.register_task_definition(
        family=name, containerDefinitions=[container], cpu=str(cpu), memory="512", networkMode="awsvpc"
    )["taskDefinition"]["taskDefinitionArn"]
    return {"cluster": prefix, "serviceName": name, "taskDefinition": definition, "launchType": "FARGATE"}


def scale_on_cpu(aws, prefix, *, minimum, maximum, target):
    """Target tracking on CPU, as a program would deploy it."""
    scaling = aws.client("application-autoscaling")
    where = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{prefix}/{prefix}-web",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**where, MinCapacity=minimum, MaxCapacity=maximum)
    scaling.put_scaling_policy(
        **where,
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": target,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        },
    )
    return where
