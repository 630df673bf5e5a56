"""The documentation pages, as the compiler made them, beside the API that they describe."""

from importlib.resources import files

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse

# The pages carry their own styles and script and fetch nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
PAGES = {"/docs": "http.html", "/docs/events": "events.html"}


def mount_documentation(app: FastAPI) -> None:
    """Serve `/docs` (HTTP) and `/docs/events` (messages)."""
    documents = files("generated").joinpath("documents")
    for path, name in PAGES.items():
        page = HTMLResponse(
            documents.joinpath(name).read_bytes(), headers={"Content-Security-Policy": POLICY}
        )

        async def serve(_: Request, page: HTMLResponse = page) -> HTMLResponse:
            return page

        app.add_route(path, serve, methods=["GET"], include_in_schema=False)
