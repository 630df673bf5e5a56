"""What those who read keywords ask of the compiler of a revision's schemas."""

from collections.abc import Callable
from typing import Protocol

from contractkit.compat.inclusion.expression import Expression, Expressions
from contractkit.documents import Node


class Schemas(Protocol):
    """Who compiles the schemas of a revision."""

    expressions: Expressions
    tolerant: bool
    """Whether readers take values that a marked enumeration does not list."""

    @property
    def identity(self) -> Callable[[Node], str]:
        """Name a schema: the same in both revisions where it means the same."""

    def compile(self, node: Node) -> Expression:
        """Return the meaning of a schema."""

    def reference(self, node: Node) -> Expression:
        """Return a named schema, which is compiled when it is looked up."""

    def target(self, node: Node) -> Node | None:
        """Return what the `$ref` of a schema leads to, or None when it leads nowhere."""
