"""Paths and addresses with parameters: `/orders/{order_id}`."""

import re

_PARAMETER = re.compile(r"\{([^}]*)\}")


def parameters(path: str) -> list[str]:
    """Return the names of the parameters, in the order of the path."""
    return _PARAMETER.findall(path)


def positional(path: str) -> str:
    """Return the path without the names of its parameters: `/orders/{}`."""
    return _PARAMETER.sub("{}", path)
