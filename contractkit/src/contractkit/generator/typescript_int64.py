"""Where values have `int64` numbers, so that the TypeScript client reads and writes all digits.

A shape is what `int64.ts` walks a value by: True for such a number, a name for that type's shape, a
list for a value that has all of the shapes, or an object with those of its members and items.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from contractkit.generator.schema_modules import TypeName

Shape = Any
_PLAIN: Final = ("const", "enum")


class Int64Shapes:
    """The shapes of all types of the schema modules; types without such numbers have none."""

    def __init__(
        self,
        modules: Mapping[str, Mapping[str, Any]],
        names: Mapping[TypeName, str],
        wanted: bool,
    ) -> None:
        self._names = names
        self._schemas = {
            names[name]: (name.module, modules[name.module]["$defs"][name.name]) for name in names
        }
        self._holding = self._reaching() if wanted else set[str]()

    @property
    def shapes(self) -> dict[str, Shape]:
        """The shapes by the names of their types."""
        return {
            name: self._shape(self._schemas[name][1], self._schemas[name][0])
            for name in sorted(self._holding)
        }

    def of(self, names: list[str]) -> list[str]:
        """Return those of some types that have a shape."""
        return [name for name in names if name in self._holding]

    def _reaching(self) -> set[str]:
        users: dict[str, set[str]] = {}
        found: set[str] = set()
        for name, (module, schema) in self._schemas.items():
            for part in _parts(schema):
                if _is_int64(part):
                    found.add(name)
                elif "$ref" in part:
                    users.setdefault(self._target(part, module), set()).add(name)
        pending = list(found)
        while pending:
            for user in users.get(pending.pop(), set()) - found:
                found.add(user)
                pending.append(user)
        return found

    def _target(self, schema: Mapping[str, Any], module: str) -> str:
        file, _, name = schema["$ref"].partition("#/$defs/")
        return self._names[TypeName(file.removesuffix(".json") or module, name)]

    def _shape(self, schema: Any, module: str) -> Shape:
        """Return the shape of a schema, None for one without such numbers."""
        if not isinstance(schema, Mapping) or any(key in schema for key in _PLAIN):
            return None
        if "$ref" in schema:
            target = self._target(schema, module)
            return target if target in self._holding else None
        if _is_int64(schema):
            return True
        parts = [self._own(schema, module)]
        for key in ("oneOf", "anyOf", "allOf"):
            parts += [self._shape(part, module) for part in schema.get(key, ())]
        known = [part for part in parts if part is not None]
        return known[0] if len(known) == 1 else known or None

    def _own(self, schema: Mapping[str, Any], module: str) -> Shape:
        members = {
            name: shape
            for name, member in schema.get("properties", {}).items()
            if (shape := self._shape(member, module)) is not None
        }
        places = [self._shape(place, module) for place in schema.get("prefixItems", ())]
        found = {
            "members": members,
            "others": self._shape(schema.get("additionalProperties"), module),
            "items": self._shape(schema.get("items"), module),
            "places": places if any(places) else None,
        }
        return {key: value for key, value in found.items() if value} or None


def _is_int64(schema: Mapping[str, Any]) -> bool:
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    return (
        "integer" in kinds
        and schema.get("format") == "int64"
        and not any(key in schema for key in _PLAIN)
    )


def _parts(schema: Any) -> Iterator[Mapping[str, Any]]:
    """Yield a schema and those in it."""
    pending = [schema]
    while pending:
        part = pending.pop()
        if isinstance(part, list):
            pending += part
        elif isinstance(part, Mapping):
            yield part
            for key in ("items", "additionalProperties", "prefixItems", "oneOf", "anyOf", "allOf"):
                pending.append(part.get(key))
            pending += part.get("properties", {}).values()
