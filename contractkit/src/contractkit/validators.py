"""JSON Schema validators for schemas in files, with references between files."""

from typing import Any

import jsonschema_rs

from contractkit.documents import Documents
from contractkit.location import Location

_BASE = "contract:///"


class Validators:
    """Compiles the schema at a place once; AsyncAPI's own format is a draft 7 schema."""

    def __init__(self, documents: Documents) -> None:
        self._resources = [
            (_BASE + file, documents.source(file).value)
            for file in documents.files
            if isinstance(documents.source(file).value, dict)
        ]
        self._registries: dict[int, Any] = {}
        self._compiled: dict[tuple[str, bool], Any] = {}

    def _registry(self, draft: int) -> Any:
        if draft not in self._registries:
            self._registries[draft] = jsonschema_rs.Registry(self._resources, draft=draft)
        return self._registries[draft]

    def errors(self, location: Location, value: Any, *, old: bool = False) -> list[Any]:
        """Return the errors of a value against the schema at `location`.

        A schema that can't be compiled has no errors here: other rules report it.
        """
        key = (location.reference, old)
        if key not in self._compiled:
            schema: dict[str, Any] = {"$ref": _BASE + location.file + "#" + location.pointer}
            cls = jsonschema_rs.Draft7Validator if old else jsonschema_rs.Draft202012Validator
            draft = jsonschema_rs.Draft7 if old else jsonschema_rs.Draft202012
            try:
                self._compiled[key] = cls(
                    schema, registry=self._registry(draft), validate_formats=True
                )
            except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError):
                return []  # the rules `schema` and `reference` report it
        return list(self._compiled[key].iter_errors(value))
