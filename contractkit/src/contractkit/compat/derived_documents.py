"""The documents of a revision with other values in them, at the same places."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from contractkit.documents import Documents, Node
from contractkit.source import Source


class DerivedDocuments(Documents, ABC):
    """Reads the files of `base`, and derives each node that is asked for."""

    def __init__(self, base: Documents) -> None:
        super().__init__(base.tree)
        self.base = base

    @abstractmethod
    def derived(self, node: Node) -> Node:
        """Return a node of the revision as it is here."""

    def source(self, file: str) -> Source:
        """Return the file of the revision."""
        return self.base.source(file)

    @property
    def files(self) -> Sequence[str]:
        """The loaded files of the revision."""
        return self.base.files

    def at(self, file: str, pointer: str) -> Node:
        """Return the node at a pointer, derived."""
        return self.derived(super().at(file, pointer))
