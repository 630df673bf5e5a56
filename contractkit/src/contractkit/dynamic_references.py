"""Dynamic references that can mean one schema only, as plain ones (JSON Schema 2020-12, 8.2.3.2).

`$dynamicRef: '#node'` means the outermost schema on the way whose `$dynamicAnchor` is `node`: where
one schema of all files has that anchor, that is always it, and without such an anchor it is
whatever a `$ref` would mean.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from contractkit.documents import Documents
from contractkit.keywords import LITERALS
from contractkit.location import escape
from contractkit.source import Source

_REFERENCE, _ANCHOR = "$dynamicRef", "$dynamicAnchor"


def settle_dynamic_references(documents: Documents) -> None:
    """Turn dynamic references and anchors into plain ones, in place, where there is no choice."""
    if not (documents.mentions(_REFERENCE) or documents.mentions(_ANCHOR)):
        return
    documents.load()
    sources = [documents.source(file) for file in documents.files]
    schemas = [schema for source in sources for _, schema in _schemas(source)]
    anchors = Counter(str(schema[_ANCHOR]) for schema in schemas if _ANCHOR in schema)
    plain = {str(schema["$anchor"]) for schema in schemas if "$anchor" in schema}
    for source in sources:
        for pointer, schema in _schemas(source):
            reference, anchor = schema.get(_REFERENCE), schema.get(_ANCHOR)
            named = str(reference).partition("#")[2]
            known = named.startswith("/") or named in plain or named in anchors
            if (
                isinstance(reference, str)
                and "$ref" not in schema
                and known
                and anchors[named] <= 1
            ):
                _rename(source, pointer, schema, (_REFERENCE, "$ref"))
            if isinstance(anchor, str) and "$anchor" not in schema and anchors[anchor] == 1:
                _rename(source, pointer, schema, (_ANCHOR, "$anchor"))


def _schemas(source: Source) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of a file with their pointers, not those within values."""
    pending: list[tuple[str, Any]] = [("", source.value)]
    while pending:
        pointer, value = pending.pop()
        if isinstance(value, dict):
            yield pointer, value
            pending += [
                (f"{pointer}/{escape(str(key))}", item)
                for key, item in value.items()
                if key not in LITERALS
            ]
        elif isinstance(value, list):
            pending += [(f"{pointer}/{index}", item) for index, item in enumerate(value)]


def _rename(source: Source, pointer: str, schema: dict[str, Any], names: tuple[str, str]) -> None:
    """Rename a keyword; its place is the one in the file."""
    old, new = names
    members = [(new if key == old else key, value) for key, value in schema.items()]
    schema.clear()
    schema.update(members)
    source.aliases[f"{pointer}/{new}"] = f"{pointer}/{old}"
