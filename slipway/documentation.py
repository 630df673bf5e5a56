"""The pages beside the API: a start page, and the documentation as the compiler made it."""

from importlib.resources import files

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse

# The pages carry their own styles and script and fetch nothing.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
PAGES = {
    "/": ("slipway", "start_page.html"),
    "/docs": ("generated", "documents/http.html"),
    "/docs/events": ("generated", "documents/events.html"),
}


def mount_documentation(app: FastAPI) -> None:
    """Serve `/`, `/docs` (HTTP) and `/docs/events` (messages)."""
    for path, (package, name) in PAGES.items():
        page = HTMLResponse(
            files(package).joinpath(name).read_bytes(), headers={"Content-Security-Policy": POLICY}
        )

        async def serve(_: Request, page: HTMLResponse = page) -> HTMLResponse:
            return page

        app.add_route(path, serve, methods=["GET"], include_in_schema=False)
