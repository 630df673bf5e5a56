"""G03 outside of schemas: changed members that no rule decides."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.unclassified import EXTENSION, UNCLASSIFIED
from contractkit.compat.use import Use
from contractkit.documents import Documents
from contractkit.location import Location, escape

WORDS = frozenset(
    {"summary", "description", "title", "tags", "externalDocs", "example", "examples", "links"}
    | {"x-sends", "x-streams"}
)
"""Members for documentation only; `links`, `x-sends` and `x-streams` connect its pages."""

LIFE = frozenset({"deprecated", "x-deprecated", "x-sunset", "x-stability", "x-deprecated-since"})


_DIALECT = re.compile(
    r"https://spec\.openapis\.org/oas/3\.[12]/dialect/.*|https://json-schema\.org/draft/2020-12/schema"
)


def check_leftovers(
    collector: FindingCollector,
    old: tuple[Mapping[str, Any], Location],
    new: tuple[Mapping[str, Any], Location],
    *,
    known: Collection[str],
    use: Use,
    what: str,
) -> None:
    """Report changed members that no other rule decides and that are not documentation."""
    before, after = old[0], new[0]
    for key in sorted({*before, *after}):
        if key in known or key in WORDS or key in LIFE or key in collector.documentation:
            continue
        if key.startswith("x-doc") or before.get(key) == after.get(key):
            continue
        if key == "jsonSchemaDialect" and _is_default(before) and _is_default(after):
            continue
        verb = "changed" if key in before and key in after else "dropped"
        verb = "added" if key not in before else verb
        extension = key.startswith("x-")
        collector.say(
            EXTENSION if extension else UNCLASSIFIED,
            f"{what}: {key} was {verb}" + ("" if extension else "; no rule decides it"),
            _at(collector.revisions[0], old[1], key),
            _at(collector.revisions[1], new[1], key),
            use,
            token=key,
        )


def without_words(value: Any) -> Any:
    """Return a value without the texts and lists in it that only describe something.

    A property that is called `description` has an object, and stays.
    """
    if isinstance(value, list):
        return [without_words(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: without_words(item)
        for key, item in value.items()
        if key not in WORDS or not isinstance(item, str | list)
    }


def _is_default(root: Mapping[str, Any]) -> bool:
    """Return whether schemas are of JSON Schema 2020-12, with OpenAPI's annotations or without."""
    dialect = root.get("jsonSchemaDialect")
    return dialect is None or _DIALECT.fullmatch(str(dialect)) is not None


def _at(documents: Documents, location: Location, key: str) -> Location:
    return documents.source(location.file).locate(f"{location.pointer}/{escape(key)}")
