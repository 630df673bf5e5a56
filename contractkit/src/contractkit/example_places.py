"""Where the values of a document are examples: what looks like a reference there may be data."""

from collections.abc import Mapping
from typing import Final

from contractkit.documents import Node

_EXAMPLES: Final = {"examples", "example", "default", "const", "enum", "value", "dataValue"}
_NAMING: Final = {"properties", "responses"}


def holds_examples(holder: Node, key: str) -> bool:
    """Return whether a member of an object is an example, or a value of some other use.

    Named `examples` are objects that may be referred to; their `value` is one.
    """
    if key == "examples" and isinstance(holder.value[key], Mapping):
        return False
    return key in _EXAMPLES and holder.name not in _NAMING
