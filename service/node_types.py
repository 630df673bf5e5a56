"""What the order form offers: software stacks of the provider, and sizes of a node.

An order may name others; what the provider does not have, it refuses when the job is at work.
"""

from __future__ import annotations

from typing import Any, Final

from generated.models.environment import NodeOffer, NodeSize, NodeType

_TYPES: Final = (
    ("nginxphp", "NGINX with PHP"),
    ("nginx", "NGINX"),
    ("apache2", "Apache HTTP Server with PHP"),
    ("nodejs", "Node.js"),
    ("python", "Python"),
    ("tomcat", "Apache Tomcat"),
    ("docker", "Container image"),
    ("postgresql", "PostgreSQL"),
    ("mariadb-dockerized", "MariaDB"),
    ("redis", "Redis"),
)
"""As the Virtuozzo Application Platform calls them, with a name for people."""

_SIZES: Final = (("S", 1, 8), ("M", 2, 16), ("L", 4, 32), ("XL", 8, 64))
"""Name, reserved cloudlets, limit in cloudlets; the first is what an order has that names none."""

DEFAULT_NODES: Final[list[dict[str, Any]]] = [{"node_type": _TYPES[0][0]}]
"""What an order has that names no nodes."""


def node_offer() -> NodeOffer:
    """Return what the order form offers."""
    return NodeOffer(
        types=[NodeType(node_type=name, title=title) for name, title in _TYPES],
        sizes=[
            NodeSize(name=name, fixed_cloudlets=fixed, flexible_cloudlets=flexible)
            for name, fixed, flexible in _SIZES
        ],
    )
