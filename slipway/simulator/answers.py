"""The JSON shapes of the platform's answers: EnvironmentInfo, its nodes and node groups, errors.

The fields are those that the platform's public clients read; those that they do not are left out.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from slipway.simulator.environment import SimulatedEnvironment

Answer = dict[str, Any]

_CORE = "hx-core"
_PLATFORM = "JEL"


def failure(result: int, error: str, *, core: bool = False) -> Answer:
    """Return an error; `source` is the API's core (sessions, permissions) or the platform."""
    return {"result": result, "source": _CORE if core else _PLATFORM, "error": error}


def script_eval(response: Answer) -> Answer:
    """Wrap an answer as methods do that run as scripts at the platform: createenvironment.

    `result` 0 says that the script ran; whether it succeeded is in `response.result`.
    """
    return {
        "result": 0,
        "response": response,
        "debug": {"cpu": {"usage": "0", "time": 1}, "time": 1},
    }


def environment_info(environment: SimulatedEnvironment, status: int, host: str) -> Answer:
    """Return the answer of getenvinfo and one item of getenvs."""
    domain = f"{environment.name}.{host}"
    nodes = _nodes(environment, status, host)
    groups = dict.fromkeys(node["nodeGroup"] for node in nodes)
    return {
        "result": 0,
        "env": {
            "appid": environment.app_id,
            "contexts": [],
            "createdOn": datetime.fromtimestamp(environment.created_at, UTC).isoformat(),
            "creatorUid": environment.uid,
            "displayName": environment.display_name,
            "domain": domain,
            "engine": environment.engine,
            "envName": environment.name,
            "extdomains": [],
            "hardwareNodeGroup": environment.region,
            "hostGroup": {"displayName": environment.region, "uniqueName": environment.region},
            "isFirewallEnabled": True,
            "isRunning": status == 1,
            "isTransferring": False,
            "ishaenabled": environment.ha,
            "properties": {},
            "shortdomain": environment.name,
            "sslstate": environment.ssl,
            "status": status,
            "uid": environment.uid,
        },
        "envGroups": list(environment.groups),
        "nodeGroups": [_node_group(name) for name in groups],
        "nodes": nodes,
        "nodesData": [],
        "nodesInternalDomains": [],
        "right": "OWNER",
    }


def _node_group(name: str) -> Answer:
    return {
        "name": name,
        "displayName": "",
        "deployments": [],
        "features": [],
        "isSLBAccessEnabled": True,
        "isSequentialDeploy": False,
        "redeployContainerDelay": 30,
        "redeployContextDelay": 30,
        "restartContainerDelay": 30,
        "restartNodeDelay": 30,
        "scalingMode": "STATEFUL",
        "templateType": "DOCKERIZED",
        "vType": "CT",
    }


def _nodes(environment: SimulatedEnvironment, status: int, host: str) -> list[Answer]:
    nodes: list[Answer] = []
    masters: set[str] = set()
    for spec in environment.nodes:
        for _ in range(int(spec.get("count") or 1)):
            node = _node(environment, spec, len(nodes), status, host)
            node["ismaster"] = node["nodeGroup"] not in masters
            masters.add(node["nodeGroup"])
            nodes.append(node)
    return nodes


def _node(
    environment: SimulatedEnvironment, spec: Answer, index: int, status: int, host: str
) -> Answer:
    node_id = environment.id * 100 + index
    group = spec.get("nodeGroup") or "cp"
    docker = spec.get("docker") or {}
    image, _, tag = str(docker.get("image") or spec.get("image") or "").partition(":")
    node_type = spec.get("nodeType") or "docker"
    address = f"10.{node_id >> 16 & 255}.{node_id >> 8 & 255}.{node_id & 255}"
    node: Answer = {
        "id": node_id,
        "address": address,
        "adminUrl": f"https://node{node_id}-{environment.name}.{host}/",
        "diskIoLimit": 102400,
        "diskIopsLimit": 1000,
        "diskLimit": int(spec.get("diskLimit") or 51200),
        "endpoints": [],
        "extIPs": [f"192.0.2.{node_id % 254 + 1}"] if spec.get("extip") else [],
        "features": [],
        "fixedCloudlets": int(spec.get("fixedCloudlets") or 1),
        "flexibleCloudlets": int(spec.get("flexibleCloudlets") or 4),
        "hasPackages": False,
        "intIP": address,
        "isClusterSupport": False,
        "isCustomSslSupport": True,
        "isExternalIpRequired": False,
        "isHighAvailability": False,
        "isResetPassword": True,
        "isVcsSupport": False,
        "isWebAccess": True,
        "maxchanks": 128,
        "messages": [],
        "name": image or node_type,
        "nodeGroup": group,
        "nodeType": node_type,
        "nodemission": group,
        "osType": "LINUX",
        "packages": [],
        "port": 80,
        "singleContext": True,
        "status": status,
        "type": "NATIVE",
        "url": f"http://node{node_id}-{environment.name}.{host}/",
        "vType": "CT",
        "version": tag or "latest",
    }
    if spec.get("displayName"):
        node["displayName"] = spec["displayName"]
    if image:
        node["customitem"] = {"dockerName": image, "dockerTag": tag or "latest"}
    return node
