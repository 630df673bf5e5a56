"""Compiles schemas into expressions; references, defaults and equivalent spellings are resolved.

Formats that no validator checks are ignored; `int32`, `int64` and `float` are read as ranges.
Strings with a `contentSchema` for JSON stand for the decoded value. Vocabulary: JSON Schema 2020-12
with `nullable` of OpenAPI 3.0.
"""

from collections.abc import Callable

from contractkit.compat.inclusion.expression import Expression, Expressions
from contractkit.compat.inclusion.schema_keywords import Keywords
from contractkit.compat.inclusion.unevaluated import Unevaluated
from contractkit.documents import Node, Path
from contractkit.errors import SpecError
from contractkit.keywords import holds_json


class Compiler:
    """Compiles the schemas of one revision. `identity` names a referenced place."""

    def __init__(
        self, expressions: Expressions, identity: Callable[[Node], str], *, tolerant: bool
    ) -> None:
        self.expressions = expressions
        self.identity = identity
        self.tolerant = tolerant
        self.places: dict[Expression, Node] = {}
        self._known: dict[tuple[str, Path], Expression] = {}
        self._resolved: dict[Expression, Expression] = {}

    def compile(self, node: Node) -> Expression:
        """Return the expression of a schema."""
        found = self._known.get(node.place)
        if found is None:
            found = self._compile(node)
            self._known[node.place] = found
        return found

    def reference(self, node: Node) -> Expression:
        """Return a reference to a named schema; it is compiled when it is looked up."""
        made = self.expressions.reference(self.identity(node))
        self.places.setdefault(made, node)
        return made

    def resolve(self, reference: Expression) -> Expression | None:
        """Return the expression that a reference stands for, None when another compiler made it."""
        found = self._resolved.get(reference)
        if found is None and reference in self.places:
            found = self._resolved[reference] = self.compile(self.places[reference])
        return found

    def _compile(self, node: Node) -> Expression:
        expressions = self.expressions
        if node.value is False:
            return expressions.false
        if not isinstance(node.value, dict):
            return expressions.true
        content = node.get("contentSchema")
        if content is not None and holds_json(node.value):
            return self.compile(content)
        parts = list(Keywords(self, node).parts())
        covering = Unevaluated(self).parts(node)
        body = expressions.all([*parts, *covering])
        if node.value.get("nullable") is True:
            return expressions.any([body, expressions.types(["null"])])
        return body

    def target(self, node: Node) -> Node | None:
        """Return the target of a schema's `$ref`, or None when it does not resolve."""
        try:
            return node.target()
        except SpecError:
            return None
