"""Which components a discriminator means: alternatives beside it, and children by `allOf`."""

from functools import lru_cache

from contractkit.discriminator import mapping_of
from contractkit.documents import Documents, Node
from contractkit.errors import ContractKitError
from contractkit.families import Families
from contractkit.keywords import lone_member
from contractkit.location import escape

_UNIONS = ("oneOf", "anyOf")


@lru_cache(maxsize=8)
def _families(documents: Documents) -> Families:
    return Families(documents)


def relatives(node: Node) -> Families:
    """Return the families of the revision that a node is of."""
    return _families(node.documents)


def owner_of(keyword: Node) -> Node:
    """Return the schema in which a keyword is written."""
    pointer = "".join(f"/{escape(part)}" for part in keyword.path[:-1])
    return keyword.documents.at(keyword.file, pointer)


def stands_for(node: Node) -> Node:
    """Return the component that a schema is, its references and `allOf` of one followed."""
    seen = set()
    while node.place not in seen:
        seen.add(node.place)
        node = node.followed()
        if not isinstance(node.value, dict) or lone_member(node.value) is None:
            break
        node = node.child("allOf").child(0)
    return node


def meanings(schema: Node) -> dict[str, str]:
    """Return the component that each value of a schema's own discriminator means, by its name."""
    branches = [branch for key in _UNIONS for branch in (schema.get(key) or schema).elements()]
    found: dict[str, str] = {}
    for branch in branches:
        try:
            target = branch.target()
        except ContractKitError:
            continue
        if branch.reference is not None:
            found[target.name] = target.name
    for child in relatives(schema).children(schema):
        found |= {str(value): child.node.name for value in child.values}
    return found | {
        str(value): str(target).rpartition("/")[2]
        for value, target in mapping_of(schema.value).items()
    }
