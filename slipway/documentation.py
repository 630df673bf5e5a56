"""The pages beside the API: the console, and the documentation as the compiler made it."""

from importlib.resources import files

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse

from slipway.console.files import OUT, ConsoleFiles
from slipway.console.route import ConsoleRoute

# The pages carry their own styles and script and fetch nothing.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
PAGES = {
    "/docs/start": ("slipway", "start_page.html"),
    "/docs": ("generated", "documents/http.html"),
    "/docs/events": ("generated", "documents/events.html"),
}


def mount_documentation(app: FastAPI) -> None:
    """Serve the console, `/docs` (HTTP), `/docs/events` (messages) and links to all of them.

    To be mounted last, because the console takes what nobody else has. Where it is not built, `/`
    is the page with the links.
    """
    pages = {path: _page(package, name) for path, (package, name) in PAGES.items()}
    console = ConsoleFiles(OUT)
    if not console:
        pages["/"] = pages["/docs/start"]
    for path, page in pages.items():

        async def serve(_: Request, page: HTMLResponse = page) -> HTMLResponse:
            return page

        app.add_route(path, serve, methods=["GET"], include_in_schema=False)
    if console:
        app.router.routes.append(ConsoleRoute(console))


def _page(package: str, name: str) -> HTMLResponse:
    content = files(package).joinpath(name).read_bytes()
    return HTMLResponse(content, headers={"Content-Security-Policy": POLICY})
