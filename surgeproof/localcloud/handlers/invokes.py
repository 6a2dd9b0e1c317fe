"""Provider functions that ask about the account: who, where, which zones."""

from __future__ import annotations

from typing import Any

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import invoke


@invoke("aws:index/getCallerIdentity:getCallerIdentity")
def caller_identity(account: Account, args: dict[str, Any]) -> dict[str, Any]:
    """Account number and user (STS GetCallerIdentity)."""
    told = account.client("sts", args).get_caller_identity()
    return {"accountId": told["Account"], "arn": told["Arn"], "userId": told["UserId"], "id": told["Account"]}


@invoke("aws:index/getRegion:getRegion")
def region(account: Account, args: dict[str, Any]) -> dict[str, Any]:
    """The region of the stack, or the one that is named."""
    name = str(args.get("region") or args.get("name") or account.region)
    return {"name": name, "region": name, "id": name, "description": name, "endpoint": f"ec2.{name}.amazonaws.com"}


@invoke("aws:index/getPartition:getPartition")
def partition(_account: Account, _args: dict[str, Any]) -> dict[str, Any]:
    """The partition: always ``aws``."""
    return {"partition": "aws", "id": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}


@invoke("aws:index/getAvailabilityZones:getAvailabilityZones")
def availability_zones(account: Account, args: dict[str, Any]) -> dict[str, Any]:
    """Zones of the region (EC2 DescribeAvailabilityZones), all of them open."""
    zones = account.client("ec2", args).describe_availability_zones()["AvailabilityZones"]
    place = account.region_of(args)
    return {
        **args,
        "names": [zone["ZoneName"] for zone in zones],
        "zoneIds": [zone["ZoneId"] for zone in zones],
        "groupNames": [place],
        "id": place,
        "region": place,
    }


@invoke("aws:ec2/getPrefixList:getPrefixList")
def prefix_list(account: Account, args: dict[str, Any]) -> dict[str, Any]:
    """Address ranges of an AWS service (EC2 DescribePrefixLists)."""
    filters = [{"Name": "prefix-list-name", "Values": [args["name"]]}] if args.get("name") else []
    wanted = {"PrefixListIds": [args["prefixListId"]]} if args.get("prefixListId") else {}
    found = account.client("ec2", args).describe_managed_prefix_lists(Filters=filters, **wanted)["PrefixLists"][0]
    identity = found["PrefixListId"]
    entries = account.client("ec2", args).get_managed_prefix_list_entries(PrefixListId=identity)["Entries"]
    return {**args, "id": identity, "name": found["PrefixListName"], "cidrBlocks": [entry["Cidr"] for entry in entries]}


@invoke("aws:ec2/getManagedPrefixList:getManagedPrefixList")
def managed_prefix_list(account: Account, args: dict[str, Any]) -> dict[str, Any]:
    """A list of address ranges by its name, AWS's own among them (EC2 DescribeManagedPrefixLists)."""
    wanted: dict[str, Any] = {"PrefixListIds": [args["id"]]} if args.get("id") else {}
    if args.get("name"):
        wanted["Filters"] = [{"Name": "prefix-list-name", "Values": [args["name"]]}]
    found = account.client("ec2", args).describe_managed_prefix_lists(**wanted)["PrefixLists"][0]
    return {
        **args,
        "id": found["PrefixListId"],
        "arn": found["PrefixListArn"],
        "name": found["PrefixListName"],
        "addressFamily": found["AddressFamily"],
        "ownerId": found["OwnerId"],
        "maxEntries": found.get("MaxEntries", 0),
        "version": found.get("Version", 1),
    }
