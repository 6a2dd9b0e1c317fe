"""Points a task's environment at this machine: deployed host names of databases and caches become local addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping

from surgeproof.graph.model import Graph

# Resource type -> outputs that hold host names of a database or a cache.
DATABASES = {
    "aws:rds/cluster:Cluster": ("endpoint", "readerEndpoint"),
    "aws:rds/clusterInstance:ClusterInstance": ("endpoint",),
    "aws:rds/instance:Instance": ("address", "endpoint"),
    "aws:rds/proxy:Proxy": ("endpoint",),
}
CACHES = {
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        "primaryEndpointAddress",
        "readerEndpointAddress",
        "configurationEndpointAddress",
    ),
    "aws:elasticache/cluster:Cluster": ("clusterAddress", "configurationEndpoint"),
    "aws:elasticache/serverlessCache:ServerlessCache": ("endpoints", "readerEndpoints"),
}
_TLS_OPTION = re.compile(r"(?<=[?&])(sslmode|ssl|ssl_cert_reqs|sslrootcert)=[^&#]*&?")


def deployed_hosts(graph: Graph, *, database: str, cache: str) -> dict[str, str]:
    """Local address for each host name that the deployed databases and caches have."""
    hosts: dict[str, str] = {}
    for types, address in ((DATABASES, database), (CACHES, cache)):
        for type_, outputs in types.items():
            for resource in graph.of_type(type_):
                for output in outputs:
                    hosts.update(dict.fromkeys(_hosts(resource.outputs.get(output)), address))
    exported = graph.exports.get("surgeproof", {})
    for name, address in (("database", database), ("cache", cache)):
        part = exported.get(name)
        if isinstance(part, dict):
            hosts.update(dict.fromkeys(_hosts(part.get("endpoint")), address))
    return hosts


def redirect(environment: Mapping[str, str], hosts: Mapping[str, str]) -> dict[str, str]:
    """The environment with local addresses in it, and without TLS on the way to them."""
    redirected: dict[str, str] = {}
    for name, value in environment.items():
        local = value
        for host, address in sorted(hosts.items(), key=lambda pair: -len(pair[0])):
            local = local.replace(host, address)
        if local != value:
            local = _TLS_OPTION.sub("", local.replace("rediss://", "redis://").replace("valkeys://", "valkey://"))
            local = local.rstrip("?&")
        redirected[name] = local
    return redirected


def _hosts(value: object) -> list[str]:
    if isinstance(value, str):
        host = value.rsplit(":", 1)[0] if re.search(r":\d+$", value) else value
        return [host] if host else []
    if isinstance(value, list):
        return [host for item in value if isinstance(item, dict) for host in _hosts(item.get("address"))]
    return []
