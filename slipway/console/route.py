"""The route of last resort: what is no operation and no document may be a page of the console.

It takes nothing that lies under an address of the API, and answers programs with problems.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers, URLPath
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from backbone.errors import NotFound
from backbone.http.errors import MethodNotAllowed
from slipway.console.files import ConsoleFile, ConsoleFiles

RESERVED = ("/api", "/docs", "/health", "/metrics", "/openapi", "/asyncapi")
"""What is never the console's, also when nothing is there."""

_METHODS = ("GET", "HEAD")
_OF_CONTENT = ("Content-Type", "Content-Encoding")


class ConsoleRoute(BaseRoute):
    """Serves the files; to be the last route."""

    def __init__(self, files: ConsoleFiles) -> None:
        self._files = files

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Take what nobody else has taken, but for what is reserved."""
        if scope["type"] != "http" or _is_reserved(scope["path"]):
            return Match.NONE, {}
        return Match.FULL, {}

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        """Refuse: no page has a name."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file, or say that there is none: as a page to browsers only."""
        response = self._answer(scope["method"], scope["path"], Headers(scope=scope))
        if isinstance(response, RedirectResponse) and scope["query_string"]:
            response.headers["location"] += f"?{scope['query_string'].decode('latin-1')}"
        await response(scope, receive, send)

    def _answer(self, method: str, path: str, headers: Headers) -> Response:
        file = self._files.find(path)
        if file is None:
            page = path.rstrip("/")
            # Only what is known is ever redirected to, so no link leads elsewhere by it.
            if page != path and self._files.find(page) is not None:
                return RedirectResponse(page, 308)
        if method not in _METHODS:
            raise NotFound if file is None else MethodNotAllowed(f"{path} is a page; GET it.")
        if file is not None:
            return answer_with(file, headers)
        if self._files.not_found is None or "text/html" not in headers.get("accept", ""):
            raise NotFound
        content, said = self._files.not_found.represent(accepts_gzip=_accepts_gzip(headers))
        return Response(content, 404, headers={**said, "Cache-Control": "no-store"})


def answer_with(file: ConsoleFile, headers: Headers) -> Response:
    """Return a file as a request's headers ask for it: by gzip, or 304 where it is known."""
    content, said = file.represent(accepts_gzip=_accepts_gzip(headers))
    if said["ETag"] in _known(headers):
        # What a 304 says replaces what the browser has stored (RFC 9111 §3.2), and without a
        # policy of its own it would get that of the API, under which no script runs.
        return Response(status_code=304, headers=_without_content(said))
    return Response(content, headers=dict(said))


def _without_content(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: said for name, said in headers.items() if name not in _OF_CONTENT}


def _is_reserved(path: str) -> bool:
    return any(
        path == each or path.startswith((f"{each}/", f"{each}.", f"{each}-")) for each in RESERVED
    )


def _known(headers: Headers) -> list[str]:
    """Return the entity tags that the client has (RFC 9110 §13.1.2); weak ones compare alike."""
    return [each.strip().removeprefix("W/") for each in headers.get("if-none-match", "").split(",")]


def _accepts_gzip(headers: Headers) -> bool:
    """Return whether the client takes gzip (RFC 9110 §12.5.3)."""
    for each in headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = each.replace(" ", "").partition(";q=")
        # A weight of zero, however it is written, means "not that".
        if coding in {"gzip", "x-gzip", "*"} and weight.strip("0.") + ("1" if not weight else ""):
            return True
    return False
