"""What contractkit makes of a media type."""

from collections.abc import Sequence
from typing import Final

from contractkit.model.http import MediaType

URLENCODED: Final = "application/x-www-form-urlencoded"
FORMS: Final = ("multipart/form-data", URLENCODED)


def kind_of(media_type: str) -> str:
    """Return `json`, `form`, `text`, `stream` or `bytes` for a media type."""
    plain = media_type.partition(";")[0].strip().lower()
    if plain == "application/json" or plain.endswith("+json"):
        return "json"
    if plain in FORMS:
        return "form"
    if plain == "text/event-stream":
        return "stream"
    if plain.startswith("text/") and plain not in {"text/xml", "text/*"}:
        return "text"
    return "bytes"


def preferred(content: Sequence[MediaType]) -> MediaType | None:
    """Return the representation to generate: JSON before forms, text and bytes."""
    order = ("json", "form", "text", "bytes", "stream")
    ranked = sorted(content, key=lambda media: order.index(kind_of(media.name)))
    return ranked[0] if ranked else None
