"""Handlers of names, certificates and the networks that they lead to."""

from __future__ import annotations

from surgeproof.localcloud.aws import EmbeddedAws
from tests.localcloud_aws.conftest import Create, Live


def test_a_certificate_is_proved_in_a_zone_that_is_only_named(live: Live, create: Create):
    _, certificate = create("aws:acm/certificate:Certificate", domainName="shop.example.com", validationMethod="DNS")
    proof = certificate["domainValidationOptions"][0]
    record = live(
        "aws:route53/record:Record",
        zoneId="ZNAMEDONLY",
        name=proof["resourceRecordName"],
        type=proof["resourceRecordType"],
        records=[proof["resourceRecordValue"]],
        ttl=300,
        allowOverwrite=True,
    )
    assert record.change(ttl=60)["ttl"] == 60
    valid = live(
        "aws:acm/certificateValidation:CertificateValidation",
        certificateArn=certificate["arn"],
        validationRecordFqdns=[record.told["fqdn"]],
    )
    assert valid.told["certificateArn"] == certificate["arn"]
    record.go()


def test_a_private_zone_with_an_alias(live: Live, create: Create):
    vpc, _ = create("aws:ec2/vpc:Vpc", cidrBlock="10.77.0.0/16")
    zone = live("aws:route53/zone:Zone", name="shop.example.com", comment="inside", vpcs=[{"vpcId": vpc}])
    alias = live(
        "aws:route53/record:Record",
        zoneId=zone.identity,
        name="shop.example.com",
        type="A",
        aliases=[{"name": "lb.example", "zoneId": "Z32O12XQLNTSW2", "evaluateTargetHealth": False}],
    )
    assert alias.read()
    assert zone.change(comment="still inside")["comment"] == "still inside"
    alias.go()
    zone.go()


def test_capacity_is_reserved_changed_and_given_back(aws: EmbeddedAws, live: Live, create: Create):
    vpc, _ = create("aws:ec2/vpc:Vpc", cidrBlock="10.78.0.0/16")
    subnets = [
        create(
            "aws:ec2/subnet:Subnet",
            zone,
            vpcId=vpc,
            cidrBlock=f"10.78.{number}.0/24",
            availabilityZone=f"{aws.region}{zone}",
        )[0]
        for number, zone in enumerate("ab")
    ]
    balancer = live(
        "aws:lb/loadBalancer:LoadBalancer", subnets=subnets, minimumLoadBalancerCapacity={"capacityUnits": 200}
    )

    def reserved() -> int | None:
        told = aws.client("elbv2").describe_capacity_reservation(LoadBalancerArn=balancer.identity)
        return told.get("MinimumLoadBalancerCapacity", {}).get("CapacityUnits")

    assert reserved() == 200
    balancer.change(minimumLoadBalancerCapacity={"capacityUnits": 300})
    assert reserved() == 300
    balancer.change(minimumLoadBalancerCapacity=None)
    assert reserved() is None


def test_names_inside_a_vpc(live: Live, create: Create, unique: str):
    vpc, _ = create("aws:ec2/vpc:Vpc", cidrBlock="10.79.0.0/16")
    names = live(
        "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
        name=f"{unique}.internal",
        vpc=vpc,
        description="a",
    )
    assert names.read()
    master = live(
        "aws:servicediscovery/service:Service",
        name="master",
        description="a",
        dnsConfig={
            "namespaceId": names.identity,
            "dnsRecords": [{"type": "A", "ttl": 10}],
            "routingPolicy": "MULTIVALUE",
        },
    )
    master.stays_as_asked()
    master.go()
    names.go()


def test_peered_networks(live: Live, create: Create):
    near, _ = create("aws:ec2/vpc:Vpc", "near", cidrBlock="10.80.0.0/16")
    far, _ = create("aws:ec2/vpc:Vpc", "far", cidrBlock="10.81.0.0/16")
    peering = live(
        "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
        vpcId=near,
        peerVpcId=far,
        autoAccept=True,
        accepter={"allowRemoteVpcDnsResolution": True},
    )
    assert peering.read()
    assert peering.told["acceptStatus"] == "active"
    peering.change(accepter={"allowRemoteVpcDnsResolution": False})
    peering.go()
