"""Converts one OpenAPI 3.0 schema to JSON Schema 2020-12, in place.

The rules are those of the OpenAPI Initiative's "Migrating from OpenAPI 3.0 to 3.1.0" and of its
clarification of `nullable` (proposal 2019-10-31), with one exception: `nullable` beside `allOf`,
`anyOf` or `oneOf` allows null. Strictly it has no effect there, but authors mean it, and tools read
it so; for a gate the reading with more findings is the safe one.
"""

from typing import Any

from contractkit.keywords import replace_flags

_COMPOSITION = ("allOf", "anyOf", "oneOf")
_BESIDE_REFERENCE = frozenset({"$ref", "description", "summary", "title"})
_FORMATS = {
    "byte": ("contentEncoding", "base64"),
    "binary": ("contentMediaType", "application/octet-stream"),
}
_NULL = {"type": "null"}


def upgrade_schema(schema: dict[str, Any], pointer: str, aliases: dict[str, str]) -> None:
    """Convert a schema, whose place is `pointer`; record in `aliases` where moved members were.

    Its subschemas are converted separately, before or after. A second conversion changes nothing.
    """
    if "$ref" in schema:
        for key in [k for k in schema if k not in _BESIDE_REFERENCE and not k.startswith("x-")]:
            del schema[key]  # 3.0 ignores the siblings of a `$ref`
        return
    replace_flags(schema)
    if "example" in schema and "examples" not in schema:
        schema["examples"] = [schema.pop("example")]
        aliases[f"{pointer}/examples/0"] = f"{pointer}/example"
    keyword, value = _FORMATS.get(str(schema.get("format")), ("", ""))
    if keyword and schema.get("type", "string") == "string":
        del schema["format"]
        schema.setdefault(keyword, value)
        aliases[f"{pointer}/{keyword}"] = f"{pointer}/format"
    if schema.pop("nullable", None) is True:
        _allow_null(schema, pointer, aliases)


def _allow_null(schema: dict[str, Any], pointer: str, aliases: dict[str, str]) -> None:
    kind = schema.get("type")
    if isinstance(kind, str) and kind != "null":
        schema["type"] = [kind, "null"]
    composition = [key for key in _COMPOSITION if isinstance(schema.get(key), list)]
    if not composition:
        return
    if composition == ["anyOf"]:
        aliases[f"{pointer}/anyOf/{len(schema['anyOf'])}"] = f"{pointer}/nullable"
        schema["anyOf"].append(dict(_NULL))
        return
    inner = {
        key: schema.pop(key) for key in (*composition, "not", "discriminator") if key in schema
    }
    origin = pointer
    if list(inner) in (["allOf"], ["oneOf"]) and len(inner[composition[0]]) == 1:
        origin = f"{pointer}/{composition[0]}/0"
        inner = inner[composition[0]][0]
    schema["anyOf"] = [inner, dict(_NULL)]
    aliases[f"{pointer}/anyOf/0"] = origin
    aliases[f"{pointer}/anyOf/1"] = f"{pointer}/nullable"
