"""Schemas of documents turned into expressions: references, defaults and spelling are resolved.

Formats that no validator decides say nothing; `int32`, `int64` and `float` are read as ranges.
Strings that carry JSON stand for the JSON that they carry. Vocabulary: JSON Schema 2020-12 with the
`nullable` of older documents.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from contractkit.compat.inclusion.expression import Expression, Expressions, exact, kind_of
from contractkit.compat.inclusion.names import Names
from contractkit.compat.inclusion.strings import FORMATS
from contractkit.compat.inclusion.unevaluated import Unevaluated
from contractkit.compat.keywords import RANGES, holds_json
from contractkit.compat.node import Node, Path
from contractkit.errors import SpecError

_TYPES = {"null", "boolean", "number", "string", "array", "object"}
_LENGTHS = {
    "minLength": ("string", 0),
    "maxLength": ("string", None),
    "minItems": ("array", 0),
    "maxItems": ("array", None),
    "minProperties": ("object", 0),
    "maxProperties": ("object", None),
}
_UNREADABLE = ("$dynamicRef", "$recursiveRef")


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
        """Return the meaning of a schema."""
        found = self._known.get(node.place)
        if found is None:
            found = self._compile(node)
            self._known[node.place] = found
        return found

    def reference(self, node: Node) -> Expression:
        """Return a named schema, which is compiled when it is looked up."""
        made = self.expressions.reference(self.identity(node))
        self.places.setdefault(made, node)
        return made

    def resolve(self, reference: Expression) -> Expression | None:
        """Return what a reference stands for, or None when another compiler made it."""
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
        parts = list(_Keywords(self, node).parts())
        covering = Unevaluated(self).parts(node)
        body = expressions.all([*parts, *covering])
        if node.value.get("nullable") is True:
            return expressions.any([body, expressions.types(["null"])])
        return body

    def target(self, node: Node) -> Node | None:
        """Return what the `$ref` of a schema leads to, or None when it leads nowhere."""
        try:
            return node.target()
        except SpecError:
            return None


class _Keywords:
    """The keywords of one schema object."""

    def __init__(self, compiler: Compiler, node: Node) -> None:
        self.compiler, self.node = compiler, node
        self.expressions = compiler.expressions

    def parts(self) -> list[Expression]:
        node, expressions = self.node, self.expressions
        found: list[Expression] = []
        if node.reference is not None:
            target = self.compiler.target(node)
            unreadable = expressions.opaque(("$ref", node.reference))
            found.append(self.compiler.reference(target) if target is not None else unreadable)
        for keywords, read in _READ:
            if not keywords.isdisjoint(node.value):
                found += read(self)
        return found

    def composed(self) -> list[Expression]:
        expressions = self.expressions
        found = [self._listed("allOf", expressions.all), self._listed("anyOf", expressions.any)]
        return [*found, self._listed("oneOf", expressions.one), self._not(), self._condition()]

    def unreadable(self) -> list[Expression]:
        # The name of the whole schema holds the file, because anything there may be meant.
        name = self.compiler.identity(self.node)
        return [
            self.expressions.opaque((key, name)) for key in _UNREADABLE if key in self.node.value
        ]

    def child(self, keyword: str) -> Expression | None:
        node = self.node.get(keyword)
        if node is None or not isinstance(node.value, (dict, bool)):
            return None
        return self.compiler.compile(node)

    def children(self, keyword: str) -> dict[str, Expression]:
        node = self.node.get(keyword)
        entries = node.entries() if node is not None else ()
        return {name: self.compiler.compile(child) for name, child in entries}

    def _listed(self, keyword: str, join: Callable[[list[Expression]], Expression]) -> Expression:
        node = self.node.get(keyword)
        if node is None or not isinstance(node.value, list):
            return self.expressions.true
        return join([self.compiler.compile(child) for child in node.elements()])

    def _not(self) -> Expression:
        inner = self.child("not")
        return self.expressions.true if inner is None else self.expressions.none(inner)

    def _condition(self) -> Expression:
        expressions = self.expressions
        condition = self.child("if")
        if condition is None:
            return expressions.true
        then, other = self.child("then"), self.child("else")
        parts = []
        if then is not None:
            parts.append(expressions.any([expressions.none(condition), then]))
        if other is not None:
            parts.append(expressions.any([condition, other]))
        whole = expressions.all(parts)
        return whole if whole is expressions.true else expressions.all([whole, *self._spoken()])

    def _spoken(self) -> list[Expression]:
        """Return that the properties are mentioned on which a condition depends."""
        condition = self.node.get("if")
        value = condition.value if condition is not None else None
        if not isinstance(value, dict):
            return []
        lists = [value.get("properties"), value.get("required")]
        names = [str(name) for found in lists if isinstance(found, dict | list) for name in found]
        return [self.property(name, self.expressions.true) for name in dict.fromkeys(names)]

    def type(self) -> list[Expression]:
        declared = self.node.value.get("type")
        names = [declared] if isinstance(declared, str) else declared
        if not isinstance(names, list):
            return []
        if not _TYPES.issuperset({*map(str, names)} - {"integer"}):
            # Nobody knows what an unknown type means.
            return [self.expressions.opaque(("type", tuple(map(str, names))))]
        kinds = {name for name in names if name in _TYPES}
        whole = "integer" in names and "number" not in names
        made = self.expressions.types(kinds | ({"number"} if whole else set()))
        return [made, self._number("multipleOf", Fraction(1))] if whole else [made]

    def values(self) -> list[Expression]:
        found = []
        value = self.node.value
        if "const" in value:
            found.append(self.expressions.values([value["const"]]))
        if isinstance(value.get("enum"), list):
            listed = self.expressions.values(value["enum"])
            if self.compiler.tolerant and value.get("x-extensible-enum"):
                listed = self._extensible(value["enum"])
            found.append(listed)
        return found

    def _extensible(self, values: list[Any]) -> Expression:
        """Return an enumeration whose readers take new values of the known types."""
        return self.expressions.types({kind_of(value) for value in values})

    def _number(self, operator: str, value: Fraction) -> Expression:
        return self.expressions.literal(operator, "number", value)

    def strings(self) -> list[Expression]:
        value, found = self.node.value, []
        if isinstance(value.get("pattern"), str):
            found.append(self.expressions.literal("pattern", "string", value["pattern"]))
        name = value.get("format")
        if name in FORMATS:
            found.append(self.expressions.literal("format", "string", name))
        if name in ("byte", "binary"):
            # They tell how bytes are written, which no validator looks at.
            opaque = self.expressions.opaque(("format", name))
            types = self.expressions.types(_TYPES - {"string"})
            found.append(self.expressions.any([types, opaque]))
        return found

    def numbers(self) -> list[Expression]:
        value, found = self.node.value, []
        for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            limit = value.get(keyword)
            if isinstance(limit, (int, float)) and not isinstance(limit, bool):
                exclusive = f"exclusive{keyword[0].upper()}{keyword[1:]}"
                operator = exclusive if value.get(exclusive) is True else keyword
                found.append(self._number(operator, exact(limit)))
        step = value.get("multipleOf")
        if isinstance(step, (int, float)) and step > 0:
            found.append(self._number("multipleOf", exact(step)))
        bounds = RANGES.get(str(value.get("format")))
        if bounds is not None:
            found.append(self._number("minimum", Fraction(bounds[0])))
            found.append(self._number("maximum", Fraction(bounds[1])))
        return found

    def lengths(self) -> list[Expression]:
        found = []
        for keyword, (kind, unset) in _LENGTHS.items():
            limit = self.node.value.get(keyword)
            if isinstance(limit, (int, float)) and not isinstance(limit, bool) and limit != unset:
                found.append(self.expressions.literal(keyword, kind, int(limit)))
        return found

    def arrays(self) -> list[Expression]:
        expressions, value, found = self.expressions, self.node.value, []
        prefix = self.node.get("prefixItems")
        first = [self.compiler.compile(child) for child in prefix.elements()] if prefix else []
        for index, part in enumerate(first):
            found.append(self._items(index, index, part))
        rest = self.child("items")
        if rest is not None:
            found.append(self._items(len(first), None, rest))
        inner = self.child("contains")
        if inner is not None:
            least, most = value.get("minContains", 1), value.get("maxContains")
            every = (inner,) if inner is not expressions.true else ()
            if least:
                operator = "contains" if every else "minItems"
                found.append(expressions.literal(operator, "array", int(least), *every))
            if most is not None:
                operator = "contains-most" if every else "maxItems"
                found.append(expressions.literal(operator, "array", int(most), *every))
        if value.get("uniqueItems") is True:
            found.append(expressions.literal("uniqueItems", "array"))
        return found

    def _items(self, first: int, last: int | None, part: Expression) -> Expression:
        if part is self.expressions.true:
            return part
        if part is self.expressions.false:
            return self.expressions.literal("maxItems", "array", first)
        return self.expressions.literal("items", "array", (first, last), part)

    def objects(self) -> list[Expression]:
        expressions, value = self.expressions, self.node.value
        named, patterned = self.children("properties"), self.children("patternProperties")
        found = [self.property(name, part) for name, part in named.items()]
        # `true` stays here, too: the pattern mentions its names.
        found += [
            expressions.literal("names", "object", Names(pattern), part)
            for pattern, part in patterned.items()
        ]
        rest = self.child("additionalProperties")
        if rest is not None:
            found.append(self.names(Names(None, frozenset(named), frozenset(patterned)), rest))
        naming = self.child("propertyNames")
        if naming is not None and naming is not expressions.true:
            found.append(expressions.literal("propertyNames", "object", None, naming))
        required = value.get("required")
        for name in required if isinstance(required, list) else ():
            found.append(self.required(str(name)))
        return found + self._dependencies()

    def property(self, name: str, part: Expression) -> Expression:
        # `true` stays: it mentions the name.
        return self.expressions.literal("property", "object", name, part)

    def names(self, names: Names, part: Expression) -> Expression:
        if part is self.expressions.true:
            return part
        return self.expressions.literal("names", "object", names, part)

    def required(self, name: str) -> Expression:
        return self.expressions.literal("required", "object", name)

    def _dependencies(self) -> list[Expression]:
        expressions, found = self.expressions, []
        dependent = self.node.value.get("dependentRequired")
        for name, needed in dependent.items() if isinstance(dependent, dict) else ():
            absent = expressions.none(self.required(str(name)))
            found += [expressions.any([absent, self.required(str(other))]) for other in needed]
            found += [self.property(str(other), expressions.true) for other in needed]
        for name, part in self.children("dependentSchemas").items():
            absent = expressions.none(self.required(name))
            other = expressions.none(expressions.types(["object"]))
            found.append(expressions.any([other, absent, part]))
        return found


_READ: tuple[tuple[frozenset[str], Callable[[_Keywords], list[Expression]]], ...] = (
    (frozenset({"allOf", "anyOf", "oneOf", "not", "if"}), _Keywords.composed),
    (frozenset({"type"}), _Keywords.type),
    (frozenset({"const", "enum"}), _Keywords.values),
    (frozenset({"pattern", "format"}), _Keywords.strings),
    (
        frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
        | {"multipleOf", "format"},
        _Keywords.numbers,
    ),
    (frozenset(_LENGTHS), _Keywords.lengths),
    (frozenset({"prefixItems", "items", "contains", "uniqueItems"}), _Keywords.arrays),
    (
        frozenset({"properties", "patternProperties", "additionalProperties", "propertyNames"})
        | {"required", "dependentRequired", "dependentSchemas"},
        _Keywords.objects,
    ),
    (frozenset(_UNREADABLE), _Keywords.unreadable),
)
"""Which keywords are read together; most schemas have few of them."""
