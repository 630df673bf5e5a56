"""Which properties of a payload its writer's schema mentions.

The gate forgives what an open schema does not mention (rules S01, S03 and S21), so a payload only
counts against it when it still refutes without those properties.
"""

import json
import random
import re
from functools import lru_cache
from itertools import islice
from typing import Any

import jsonschema_rs

from fuzz.values import NOISE, Values

DRAWN = 300
"""How many values are drawn to find one that a schema takes."""


@lru_cache(maxsize=256)
def _validator(text: str) -> Any:
    """The validator of a schema, or None for what is none."""
    try:
        return jsonschema_rs.Draft202012Validator(json.loads(text), validate_formats=True)
    except (jsonschema_rs.ValidationError, ValueError):
        return None


class Mentions:
    """Asks the schemas of a document, whose references are those into its definitions."""

    def __init__(self, definitions: dict[str, Any]) -> None:
        self.definitions = definitions

    def parts(
        self, schemas: list[Any], value: Any = None, *, every: bool = False
    ) -> list[dict[str, Any]]:
        """All schema objects that apply to the same value; of alternatives those that take it.

        Unions that take anything say nothing, except with `every`.
        """
        found: list[dict[str, Any]] = []
        pending, seen = list(schemas), set()
        while pending:
            schema = pending.pop()
            if not isinstance(schema, dict) or id(schema) in seen:
                continue
            seen.add(id(schema))
            found.append(schema)
            if "$ref" in schema:
                pending.append(self.definitions.get(schema["$ref"].rpartition("/")[2]))
            pending += schema.get("allOf", ())
            for keyword in ("anyOf", "oneOf"):
                branches = schema.get(keyword, ())
                if every or not any(map(_says_nothing, branches)):
                    pending += [part for part in branches if self._takes(part, value)]
            if "if" in schema:
                met = self._takes(schema["if"], value)
                follows = not _says_nothing(schema.get("then" if met else "else", True))
                pending += [schema["if"]] if every or (met and follows) else []
                pending.append(schema.get("then" if met else "else"))
            pending += [schema["not"]] if "not" in schema else []
            pending += schema.get("dependentSchemas", {}).values()
        return found

    def _takes(self, schema: Any, value: Any) -> bool:
        """Whether a schema takes a value; without a value every schema counts."""
        return value is None or not isinstance(schema, dict) or self._valid(schema, value)

    def _valid(self, schema: Any, value: Any) -> bool:
        if isinstance(schema, bool):
            return schema
        validator = _validator(json.dumps({**schema, "$defs": self.definitions}))
        return validator is None or bool(validator.is_valid(value))

    def mentions(self, schemas: list[Any], name: str, value: Any) -> bool:
        """Whether some schema that applies to the value says something of a property."""
        for part in self.parts(schemas, value):
            if name in part.get("properties", ()) or name in part.get("required", ()):
                return True
            if any(name in needed for needed in part.get("dependentRequired", {}).values()):
                return True
            if any(re.search(pattern, name) for pattern in part.get("patternProperties", ())):
                return True
            rest = part.get("additionalProperties", part.get("unevaluatedProperties", True))
            if isinstance(rest, dict) and rest:
                return True
        return False

    def declares(self, schemas: list[Any], name: str, value: Any) -> bool:
        """Whether some schema lists a property, as one that may have a value, but not this one."""
        if any(self.refuses_all(inner) for inner in _properties(self._always(schemas), name)):
            return False
        return any(not self._valid(s, value) for s in self._listed(schemas, name))

    def right(self, schemas: list[Any], name: str) -> list[Any]:
        """A value that a listed property may have, if one is found: a list of one or none."""
        listed = self._listed(schemas, name)
        values = Values(random.Random(2), self.definitions)
        drawn = (values.draw(schema) for schema in listed for _ in range(DRAWN))
        fits = (value for value in drawn if all(self._valid(inner, value) for inner in listed))
        return list(islice(fits, 1))

    def _listed(self, schemas: list[Any], name: str) -> list[dict[str, Any]]:
        """Where it may have a value: an alternative that forbids it leaves it to the others."""
        found = _properties(self.parts(schemas, every=True), name)
        return [s for s in found if isinstance(s, dict) and not self.refuses_all(s)]

    def _always(self, schemas: list[Any]) -> list[dict[str, Any]]:
        """The schema objects that apply whatever the value is."""
        found: list[dict[str, Any]] = []
        pending = list(schemas)
        while pending:
            schema = pending.pop()
            if isinstance(schema, dict) and not any(schema is known for known in found):
                found.append(schema)
                pending += schema.get("allOf", ())
                pending.append(self.definitions.get(schema.get("$ref", "").rpartition("/")[2]))
        return found

    def closes(self, schemas: list[Any], name: str) -> bool:
        """Whether some schema refuses a name only because it lists others."""
        for part in self.parts(schemas):
            if any(re.search(pattern, name) for pattern in part.get("patternProperties", ())):
                continue
            rest = [part.get(k, True) for k in ("additionalProperties", "unevaluatedProperties")]
            if any(self.refuses_all(inner) for inner in rest):
                return True
        return False

    def refuses_all(self, schema: Any) -> bool:
        """Whether a schema takes no value, as far as values at random show.

        They are no judge of texts that a pattern or a format describes.
        """
        if isinstance(schema, bool):
            return not schema
        if not schema or any(word in json.dumps(schema) for word in ('"pattern"', '"format"')):
            return False
        values = Values(random.Random(1), self.definitions)
        drawn = (values.draw(schema) for _ in range(DRAWN))
        return not any(self._valid(schema, value) for value in (*NOISE, *drawn))

    def below(self, schemas: list[Any], key: str | int) -> list[Any]:
        """The schemas of a property or an item."""
        found: list[Any] = []
        for part in self.parts(schemas):
            if isinstance(key, int):
                prefix = part.get("prefixItems", ())
                found += [prefix[key]] if key < len(prefix) else []
                found += [part[k] for k in ("items", "contains", "unevaluatedItems") if k in part]
                continue
            found += [part["properties"][key]] if key in part.get("properties", ()) else []
            found += [
                inner
                for pattern, inner in part.get("patternProperties", {}).items()
                if re.search(pattern, key)
            ]
            found += [
                part[k] for k in ("additionalProperties", "unevaluatedProperties") if k in part
            ]
        return found


def _says_nothing(schema: Any) -> bool:
    """Whether a schema takes anything without a word: `true`, `{}`, `{"properties": {}}`."""
    return schema is True or schema in ({}, {"properties": {}})


def _properties(parts: list[dict[str, Any]], name: str) -> list[Any]:
    return [part["properties"][name] for part in parts if name in part.get("properties", ())]


def reduced(
    value: Any,
    writer: tuple[Mentions, list[Any]],
    reader: tuple[Mentions, list[Any]],
    *,
    out: bool,
    replace: bool,
) -> Any:
    """The payload without the properties that are forgiven.

    Those that only the reader lists (with `replace` they get a value that it takes); of a response
    those, too, that an old closed reader does not know.
    """
    mine, wrote = writer
    theirs, reads = reader
    if isinstance(value, list):
        return [
            reduced(
                item,
                (mine, mine.below(wrote, at)),
                (theirs, theirs.below(reads, at)),
                out=out,
                replace=replace,
            )
            for at, item in enumerate(value)
        ]
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for name, inner in value.items():
        if not mine.mentions(wrote, name, value):
            closed = out and theirs.closes(reads, name)
            if theirs.declares(reads, name, inner):
                for right in theirs.right(reads, name) if replace and not closed else ():
                    found[name] = right
                continue
            if closed:
                continue
        sides = (mine, mine.below(wrote, name)), (theirs, theirs.below(reads, name))
        found[name] = reduced(inner, *sides, out=out, replace=replace)
    return found
