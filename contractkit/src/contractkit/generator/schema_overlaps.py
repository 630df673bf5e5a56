"""Objects that stand beside others in `anyOf`: a value may be several of them at once."""

from collections.abc import Iterator, Mapping
from typing import Any

from contractkit.documents import Documents, Node
from contractkit.errors import ContractKitError
from contractkit.generator.schema_unions import Place
from contractkit.keywords import LITERALS


class Overlaps:
    """Finds, in all loaded files, the objects whose model must keep the members of others."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._places: set[Place] | None = None

    def holds(self, node: Node) -> bool:
        """Return whether an object is such an alternative, and says nothing of further members."""
        if self._places is None:
            self._places = set(self._found())
        return node.place in self._places

    def _found(self) -> Iterator[Place]:
        if not self._documents.mentions("anyOf"):
            return
        for file in self._documents.files:
            pending = [self._documents.root(file)]
            while pending:
                node = pending.pop()
                pending += [
                    child for key, child in self._documents.children(node) if key not in LITERALS
                ]
                if isinstance(node.value, Mapping) and "discriminator" not in node.value:
                    yield from self._beside_each_other(node)

    def _beside_each_other(self, node: Node) -> Iterator[Place]:
        branches = [branch for _, branch in self._documents.children(node.get("anyOf"))]
        try:
            targets = [branch.followed() for branch in branches]
        except ContractKitError:
            return  # told where its model is made
        objects = [target for target in targets if _is_object(target.value)]
        if len(objects) > 1:
            yield from (each.place for each in objects if "additionalProperties" not in each.value)


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping) and bool({"properties", "allOf"} & value.keys())
