"""What ways in and out cost: gateways, endpoints, addresses, balancers, the edge."""

from __future__ import annotations

from collections.abc import Iterator

from surgeproof.graph.model import Graph, Resource
from surgeproof.scaling.cost.item import FREE, USAGE, Quantity, counts, fixed, hourly, number

FREE.update(
    {
        "aws:ec2/vpc:Vpc",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/route:Route",
        "aws:ec2/routeTable:RouteTable",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ec2/flowLog:FlowLog",
        "aws:ec2/networkAcl:NetworkAcl",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:lb/listener:Listener",
        "aws:lb/listenerRule:ListenerRule",
        "aws:lb/targetGroup:TargetGroup",
        "aws:acm/certificate:Certificate",
        "aws:acm/certificateValidation:CertificateValidation",
        "aws:route53/record:Record",
        "aws:wafv2/webAclAssociation:WebAclAssociation",
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        "aws:wafv2/ipSet:IpSet",
        "aws:wafv2/regexPatternSet:RegexPatternSet",
        "aws:cloudfront/originAccessControl:OriginAccessControl",
        "aws:cloudfront/cachePolicy:CachePolicy",
        "aws:cloudfront/originRequestPolicy:OriginRequestPolicy",
        "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
        "aws:cloudfront/vpcOrigin:VpcOrigin",
        "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
        "aws:servicediscovery/service:Service",
    }
)
USAGE.update({"aws:cloudfront/distribution:Distribution": ("cloudfront.requests", "cloudfront.transfer")})
GATEWAY_ENDPOINTS = ("s3", "dynamodb")


@counts("aws:ec2/natGateway:NatGateway")
def nat_gateway(graph: Graph, resource: Resource) -> Iterator[Quantity]:
    """A NAT gateway; what goes through it is billed by use."""
    del graph, resource
    yield hourly("ec2.nat")


@counts("aws:ec2/eip:Eip")
def address(graph: Graph, resource: Resource) -> Iterator[Quantity]:
    """A public IPv4 address, in use or not."""
    del graph, resource
    yield hourly("ec2.public_ipv4")


@counts("aws:ec2/vpcEndpoint:VpcEndpoint")
def endpoint(graph: Graph, resource: Resource) -> Iterator[Quantity]:
    """An interface endpoint in each of its zones; gateway endpoints are free."""
    del graph
    if resource.inputs.get("vpcEndpointType") == "Interface" or resource.inputs.get("subnetIds"):
        yield hourly("ec2.interface_endpoint", len(resource.inputs.get("subnetIds") or ()) or 1)


@counts("aws:lb/loadBalancer:LoadBalancer")
def load_balancer(graph: Graph, resource: Resource) -> Iterator[Quantity]:
    """The balancer, an address in each zone when it faces the internet, and what it reserves; used LCUs are billed by use."""
    del graph
    yield hourly("elb.application")
    if not resource.inputs.get("internal"):
        yield hourly("ec2.public_ipv4", len(resource.inputs.get("subnets") or ()))
    reserved = (resource.inputs.get("minimumLoadBalancerCapacity") or {}).get("capacityUnits")
    if reserved:
        yield hourly("elb.lcu_reserved", number(reserved))


@counts("aws:route53/zone:Zone", "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace")
def zone(graph: Graph, resource: Resource) -> Iterator[Quantity]:
    """A hosted zone."""
    del graph, resource
    yield fixed("route53.zone", 1)


@counts("aws:wafv2/webAcl:WebAcl")
def web_acl(graph: Graph, resource: Resource) -> Iterator[Quantity]:
    """The ACL and each of its rules and rule groups; requests are billed by use."""
    del graph
    yield fixed("waf.acl", 1)
    yield fixed("waf.rule", len(resource.inputs.get("rules") or ()))
