"""What the span of a call to the provider tells: where it goes, never who asks with what."""

from __future__ import annotations

import httpx
from opentelemetry.util.types import AttributeValue


def attributes_of(url: httpx.URL) -> dict[str, AttributeValue]:
    """Return the attributes of a call (semantic conventions of HTTP clients); forms are bodies."""
    return {
        "http.request.method": "POST",
        "url.full": str(url.copy_with(userinfo=b"")),
        "url.template": url.path,
        "server.address": url.host,
        "server.port": url.port or (443 if url.scheme == "https" else 80),
    }
