"""The sections of a document that have entries: one that is no object has none, and is told."""

from collections.abc import Iterator, Mapping
from typing import Final

from contractkit.documents import Documents
from contractkit.errors import SpecError
from contractkit.reader.unread import UnreadPart

_SECTIONS: Final = ("paths", "webhooks", "channels", "operations", "components")


def unread_sections(documents: Documents, file: str) -> Iterator[UnreadPart]:
    """Yield the sections of a document that are null, a text or a list."""
    root = documents.root(file)
    for key in _SECTIONS:
        node = documents.child(root, key)
        if node is not None and not isinstance(node.value, Mapping):
            error = SpecError(node.location, "An object is expected here.", "Write its members.")
            yield UnreadPart(f"`{key}`", error)
