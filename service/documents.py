"""Serves the contracts as they were written; refuses to derive them from the code."""

from __future__ import annotations

import hashlib
from importlib import resources

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_DOCUMENTS = {
    "/openapi.json": ("openapi.json", "application/json"),
    "/openapi-3.1.json": ("openapi-3.1.json", "application/json"),
    "/asyncapi.json": ("asyncapi.json", "application/json"),
}


class Document:
    """A file of `generated/documents`, read once; revalidated by its ETag (RFC 9110 §8.8.3)."""

    def __init__(self, name: str, media_type: str) -> None:
        self.content = resources.files("generated").joinpath("documents", name).read_bytes()
        self._media_type = media_type
        self._headers = {
            "ETag": f'"{hashlib.sha256(self.content).hexdigest()[:32]}"',
            "Cache-Control": "no-cache",
            # Generators and documentation pages of other origins may read what is public anyway.
            "Access-Control-Allow-Origin": "*",
        }

    async def respond(self, request: Request) -> Response:
        """Return the document, or 304 when the client has it."""
        known = request.headers.get("if-none-match", "")
        if known == "*" or self._headers["ETag"] in known:
            return Response(status_code=304, headers=self._headers)
        return Response(self.content, media_type=self._media_type, headers=self._headers)


def document_routes() -> list[Route]:
    """Return the routes of all documents."""
    return [
        Route(path, Document(name, media_type).respond, methods=["GET"])
        for path, (name, media_type) in _DOCUMENTS.items()
    ]
