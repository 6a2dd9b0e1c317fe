"""Resource handlers: how each type of a program is created, read, changed and deleted in the embedded AWS.

| file | what lives there |
|---|---|
| `base.py` | the interface and the registry |
| `account.py` | what every handler is given: clients, region, account, default tags |
| `request.py` | provider's inputs to the request of an AWS call, by botocore's model of that call |
| `describe.py`, `observed.py` | how a type is asked for and changed in AWS, and what AWS tells, in the program's words |
| `tagging.py` | tags of a resource that exists |
| `recorded.py` | types that nothing reads: checked against botocore's model and recorded |
| `invokes.py`, `policy_document.py` | provider functions |
| one file a service | the types of that service |

A handler knows nothing of who calls it: `deploy.py` gives them to an in-process program; `engine/` gives the same to
the real engine.
"""

from surgeproof.localcloud.handlers import (  # noqa: F401 - importing registers them
    accessanalyzer,
    acm,
    acm_validation,
    autoscaling,
    backup,
    budgets,
    cloudfront_distribution,
    cloudfront_policies,
    cloudtrail,
    cloudwatch,
    cloudwatch_views,
    config,
    costexplorer,
    ec2_endpoints,
    ec2_gateways,
    ec2_network,
    ec2_peering,
    ec2_routes,
    ec2_security,
    ecr,
    ecs_cluster,
    ecs_service,
    ecs_task_definition,
    elasticache,
    elb_balancer,
    elb_listener,
    elb_target_group,
    events,
    guardduty,
    iam,
    iam_oidc,
    iam_service_role,
    inspector2,
    invokes,
    kms,
    logs,
    logs_delivery,
    logs_watch,
    policy_document,
    rds,
    rds_proxy,
    route53,
    s3_account,
    s3_bucket,
    s3_configuration,
    s3_object,
    scheduler,
    schemas,
    secret_rotation,
    secretsmanager,
    securityhub,
    servicediscovery,
    shield,
    sns,
    sqs_policies,
    sqs_queue,
    synthetics,
    wafv2,
)
from surgeproof.localcloud.handlers.base import HANDLERS, INVOKES, Handler, handler_of

__all__ = ["HANDLERS", "INVOKES", "Handler", "handler_of"]
