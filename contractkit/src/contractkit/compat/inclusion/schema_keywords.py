"""Compiles the keywords of one schema object; keywords that affect each other are read together.

Vocabulary: JSON Schema 2020-12, with draft 4's boolean exclusive bounds.
"""

from collections.abc import Callable
from fractions import Fraction
from math import isfinite
from typing import Any

from contractkit.compat.inclusion.expression import Expression, exact, kind_of
from contractkit.compat.inclusion.names import Names
from contractkit.compat.inclusion.schemas import Schemas
from contractkit.compat.inclusion.strings import FORMATS
from contractkit.documents import Node
from contractkit.keywords import RANGES

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


class Keywords:
    """The keywords of one schema object."""

    def __init__(self, compiler: Schemas, node: Node) -> None:
        self.compiler, self.node = compiler, node
        self.expressions = compiler.expressions

    def parts(self) -> list[Expression]:
        """Return the expressions of all keywords but `unevaluated…`, which are read elsewhere."""
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
        """Return the expressions of `allOf`, `anyOf`, `oneOf`, `not` and conditions."""
        expressions = self.expressions
        found = [self._listed("allOf", expressions.all), self._listed("anyOf", expressions.any)]
        return [*found, self._listed("oneOf", expressions.one), self._not(), self._condition()]

    def unreadable(self) -> list[Expression]:
        """Return opaque expressions for keywords that are not supported."""
        # The identity includes the file, because the target may be anywhere in it.
        name = self.compiler.identity(self.node)
        return [
            self.expressions.opaque((key, name)) for key in _UNREADABLE if key in self.node.value
        ]

    def _child(self, keyword: str) -> Expression | None:
        node = self.node.get(keyword)
        if node is None or not isinstance(node.value, (dict, bool)):
            return None
        return self.compiler.compile(node)

    def _children(self, keyword: str) -> dict[str, Expression]:
        node = self.node.get(keyword)
        entries = node.entries() if node is not None else ()
        return {name: self.compiler.compile(child) for name, child in entries}

    def _listed(self, keyword: str, join: Callable[[list[Expression]], Expression]) -> Expression:
        node = self.node.get(keyword)
        if node is None or not isinstance(node.value, list):
            return self.expressions.true
        return join([self.compiler.compile(child) for child in node.elements()])

    def _not(self) -> Expression:
        inner = self._child("not")
        return self.expressions.true if inner is None else self.expressions.none(inner)

    def _condition(self) -> Expression:
        expressions = self.expressions
        condition = self._child("if")
        if condition is None:
            return expressions.true
        then, other = self._child("then"), self._child("else")
        parts = []
        if then is not None:
            parts.append(expressions.any([expressions.none(condition), then]))
        if other is not None:
            parts.append(expressions.any([condition, other]))
        whole = expressions.all(parts)
        return whole if whole is expressions.true else expressions.all([whole, *self._spoken()])

    def _spoken(self) -> list[Expression]:
        """Return expressions that mention the properties on which a condition depends."""
        condition = self.node.get("if")
        value = condition.value if condition is not None else None
        if not isinstance(value, dict):
            return []
        lists = [value.get("properties"), value.get("required")]
        names = [str(name) for found in lists if isinstance(found, dict | list) for name in found]
        return [self._property(name, self.expressions.true) for name in dict.fromkeys(names)]

    def type(self) -> list[Expression]:
        """Return the expression of `type`; an integer is a multiple of one."""
        declared = self.node.value.get("type")
        names = [declared] if isinstance(declared, str) else declared
        if not isinstance(names, list):
            return []
        if not _TYPES.issuperset({*map(str, names)} - {"integer"}):
            # The meaning of an unknown type is unknown.
            return [self.expressions.opaque(("type", tuple(map(str, names))))]
        kinds = {name for name in names if name in _TYPES}
        whole = "integer" in names and "number" not in names
        made = self.expressions.types(kinds | ({"number"} if whole else set()))
        return [made, self._number("multipleOf", Fraction(1))] if whole else [made]

    def values(self) -> list[Expression]:
        """Return the expressions of `const` and `enum`."""
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
        """Return an enumeration whose readers accept new values of the known types."""
        return self.expressions.types({kind_of(value) for value in values})

    def _number(self, operator: str, value: Fraction) -> Expression:
        return self.expressions.literal(operator, "number", value)

    def strings(self) -> list[Expression]:
        """Return the constraints on strings, except for their length."""
        value, found = self.node.value, []
        if isinstance(value.get("pattern"), str):
            found.append(self.expressions.literal("pattern", "string", value["pattern"]))
        name = value.get("format")
        if name in FORMATS:
            found.append(self.expressions.literal("format", "string", name))
        if name in ("byte", "binary"):
            # They say how bytes are encoded, which no validator checks.
            opaque = self.expressions.opaque(("format", name))
            types = self.expressions.types(_TYPES - {"string"})
            found.append(self.expressions.any([types, opaque]))
        return found

    def numbers(self) -> list[Expression]:
        """Return the bounds and steps of numbers."""
        value, found = self.node.value, []
        for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            limit = value.get(keyword)
            if isinstance(limit, (int, float)) and not isinstance(limit, bool) and isfinite(limit):
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
        """Return the bounds that count characters, items and properties."""
        found = []
        for keyword, (kind, unset) in _LENGTHS.items():
            limit = self.node.value.get(keyword)
            if isinstance(limit, (int, float)) and not isinstance(limit, bool) and limit != unset:
                found.append(self.expressions.literal(keyword, kind, int(limit)))
        return found

    def arrays(self) -> list[Expression]:
        """Return the constraints on items."""
        expressions, value, found = self.expressions, self.node.value, []
        prefix = self.node.get("prefixItems")
        first = [self.compiler.compile(child) for child in prefix.elements()] if prefix else []
        for index, part in enumerate(first):
            found.append(self._items(index, index, part))
        rest = self._child("items")
        if rest is not None:
            found.append(self._items(len(first), None, rest))
        inner = self._child("contains")
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
        """Return the constraints on properties and their names."""
        expressions, value = self.expressions, self.node.value
        named, patterned = self._children("properties"), self._children("patternProperties")
        found = [self._property(name, part) for name, part in named.items()]
        # `true` is kept too: the pattern mentions its names.
        found += [
            expressions.literal("names", "object", Names(pattern), part)
            for pattern, part in patterned.items()
        ]
        rest = self._child("additionalProperties")
        if rest is not None:
            found.append(self._names(Names(None, frozenset(named), frozenset(patterned)), rest))
        naming = self._child("propertyNames")
        if naming is not None and naming is not expressions.true:
            found.append(expressions.literal("propertyNames", "object", None, naming))
        required = value.get("required")
        for name in required if isinstance(required, list) else ():
            found.append(self._required(str(name)))
        return found + self._dependencies()

    def _property(self, name: str, part: Expression) -> Expression:
        # `true` is kept: it mentions the name.
        return self.expressions.literal("property", "object", name, part)

    def _names(self, names: Names, part: Expression) -> Expression:
        if part is self.expressions.true:
            return part
        return self.expressions.literal("names", "object", names, part)

    def _required(self, name: str) -> Expression:
        return self.expressions.literal("required", "object", name)

    def _dependencies(self) -> list[Expression]:
        expressions, found = self.expressions, []
        dependent = self.node.value.get("dependentRequired")
        for name, needed in dependent.items() if isinstance(dependent, dict) else ():
            absent = expressions.none(self._required(str(name)))
            found += [expressions.any([absent, self._required(str(other))]) for other in needed]
            found += [self._property(str(other), expressions.true) for other in needed]
        for name, part in self._children("dependentSchemas").items():
            absent = expressions.none(self._required(name))
            other = expressions.none(expressions.types(["object"]))
            found.append(expressions.any([other, absent, part]))
        return found


_READ: tuple[tuple[frozenset[str], Callable[[Keywords], list[Expression]]], ...] = (
    (frozenset({"allOf", "anyOf", "oneOf", "not", "if"}), Keywords.composed),
    (frozenset({"type"}), Keywords.type),
    (frozenset({"const", "enum"}), Keywords.values),
    (frozenset({"pattern", "format"}), Keywords.strings),
    (
        frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
        | {"multipleOf", "format"},
        Keywords.numbers,
    ),
    (frozenset(_LENGTHS), Keywords.lengths),
    (frozenset({"prefixItems", "items", "contains", "uniqueItems"}), Keywords.arrays),
    (
        frozenset({"properties", "patternProperties", "additionalProperties", "propertyNames"})
        | {"required", "dependentRequired", "dependentSchemas"},
        Keywords.objects,
    ),
    (frozenset(_UNREADABLE), Keywords.unreadable),
)
"""The readers of keywords; most schemas have few of them."""
