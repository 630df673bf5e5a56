"""The interface of the compiler that readers of keywords use."""

from collections.abc import Callable
from typing import Protocol

from contractkit.compat.inclusion.expression import Expression, Expressions
from contractkit.documents import Node


class Schemas(Protocol):
    """Compiles the schemas of a revision."""

    expressions: Expressions
    tolerant: bool
    """Whether readers accept values that an `x-extensible-enum` does not list."""

    @property
    def identity(self) -> Callable[[Node], str]:
        """Returns the identity of a schema, equal in both revisions where the meaning is equal."""

    def compile(self, node: Node) -> Expression:
        """Return the expression of a schema."""

    def reference(self, node: Node) -> Expression:
        """Return a reference to a named schema; it is compiled when it is looked up."""

    def target(self, node: Node) -> Node | None:
        """Return the target of a schema's `$ref`, or None when it does not resolve."""
