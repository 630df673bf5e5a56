"""One self-contained JSON document from a document and the files it refers to.

Schemas of other files move to `components/schemas`; anything else is put in place.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from contractkit.documents import Documents, Node
from contractkit.errors import ContractKitError, UnsupportedError
from contractkit.example_places import holds_examples
from contractkit.location import escape, unescape
from contractkit.naming import pascal, unique

_DEFINITION = re.compile(r".*/(?:\$defs|definitions|schemas)/([^/]+)")
_SCHEMA_WORDS = {
    "type", "oneOf", "anyOf", "allOf", "enum", "const", "properties", "items", "not", "pattern",
}  # fmt: skip
_OTHER_WORDS = {"in", "content", "payload", "operationId", "action", "address", "flows", "scheme"}


def bundle(documents: Documents, file: str) -> dict[str, Any]:
    """Return the document without references to other files; order is kept, schemas are sorted."""
    return _Bundler(documents, file).bundle()


class _Bundler:
    def __init__(self, documents: Documents, file: str) -> None:
        self._documents = documents
        self._file = file
        own = documents.child(documents.root(file), "components", "schemas")
        self._schemas: dict[str, Any] = {}
        self._names: dict[str, str] = {}
        self._own = set(own.value) if own is not None else set()
        self._open: list[str] = []

    def bundle(self) -> dict[str, Any]:
        result = self._copy(self._documents.root(self._file))
        if self._schemas:
            components = result.setdefault("components", {})
            schemas = components.setdefault("schemas", {}) | self._schemas
            components["schemas"] = dict(sorted(schemas.items()))
        document: dict[str, Any] = result
        return document

    def _copy(self, node: Node, *, example: bool = False) -> Any:
        """Return a copy; in an example, what looks like a reference and leads nowhere is data."""
        children = self._documents.children
        if isinstance(node.value, list):
            return [self._copy(child, example=example) for _, child in children(node)]
        if not isinstance(node.value, Mapping):
            return node.value
        if isinstance(node.value.get("$ref"), str):
            try:
                return self._reference(node)
            except ContractKitError:
                if not example:
                    raise
        result: dict[str, Any] = {}
        for key, child in children(node):
            if key == "$schema" and node.location.file != self._file:
                continue
            if key == "discriminator" and isinstance(child.value, Mapping):
                result[key] = self._discriminator(child)
            else:
                result[key] = self._copy(child, example=example or holds_examples(node, key))
        return result

    def _reference(self, node: Node) -> Any:
        reference: str = node.value["$ref"]
        target = self._documents.lookup(reference, node.location)
        beside = {
            key: self._copy(child) for key, child in self._documents.children(node) if key != "$ref"
        }
        if target.location.file == self._file:
            return {"$ref": f"#{target.location.pointer}"} | beside
        if self._is_schema(target):
            return {"$ref": f"#/components/schemas/{escape(self._hoist(target))}"} | beside
        if target.location.reference in self._open:
            raise UnsupportedError(
                node.location, "The reference contains itself.", "Only schemas may be recursive."
            )
        self._open.append(target.location.reference)
        copied = self._copy(target)
        self._open.pop()
        return copied | beside if isinstance(copied, dict) else copied

    @staticmethod
    def _is_schema(node: Node) -> bool:
        if _DEFINITION.fullmatch(node.location.pointer):
            return True
        if not isinstance(node.value, Mapping):
            return isinstance(node.value, bool)
        return bool(_SCHEMA_WORDS & set(node.value)) and not _OTHER_WORDS & set(node.value)

    def _hoist(self, node: Node) -> str:
        reference = node.location.reference
        if reference not in self._names:
            match = _DEFINITION.fullmatch(node.location.pointer)
            title = node.value.get("title") if isinstance(node.value, Mapping) else None
            plain = unescape(match[1]) if match else pascal(str(title or node.location.file))
            name = unique(plain, self._own | self._schemas.keys())
            self._names[reference] = name
            self._schemas[name] = {}
            self._schemas[name] = self._copy(node)
        return self._names[reference]

    def _discriminator(self, node: Node) -> dict[str, Any]:
        result = dict(node.value)
        mapping = result.get("mapping")
        if isinstance(mapping, Mapping):
            result["mapping"] = {key: self._meant(node, value) for key, value in mapping.items()}
        return result

    def _meant(self, node: Node, text: Any) -> Any:
        """Return what a value of a mapping leads to; names of this file's schemas and URLs stay."""
        if not isinstance(text, str) or "://" in text:
            return text
        plain = not {"/", "#"} & set(text) and not text.endswith((".yaml", ".yml", ".json"))
        if plain and node.location.file == self._file:
            return text
        library = node.location.pointer.rpartition("/")[0].rpartition("/")[0]
        reference = f"#{library}/{escape(text)}" if plain else text
        return self._reference(replace(node, value={"$ref": reference}))["$ref"]
