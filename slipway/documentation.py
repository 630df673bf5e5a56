"""The pages beside the API: the console, and the documentation as the compiler made it."""

from importlib.resources import files

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from slipway.console.files import OUT, ConsoleFile, ConsoleFiles
from slipway.console.policy import inline_script_hashes
from slipway.console.route import ConsoleRoute, answer_with

PAGES = {
    "/docs/start": ("slipway", "start_page.html"),
    "/docs": ("generated", "documents/http.html"),
    "/docs/events": ("generated", "documents/events.html"),
}
_TRIES = '<html lang="en" data-try-it>'
"""How a page says that it lets its reader send requests."""


def mount_documentation(app: FastAPI, *, try_it: bool = True) -> None:
    """Serve the console, `/docs` (HTTP), `/docs/events` (messages) and links to all of them.

    To be mounted last, because the console takes what nobody else has. Where it is not built, `/`
    is the page with the links. Without `try_it` no page sends requests of its reader.
    """
    pages = {path: _page(package, name, try_it=try_it) for path, (package, name) in PAGES.items()}
    console = ConsoleFiles(OUT)
    if not console:
        pages["/"] = pages["/docs/start"]
    for path, page in pages.items():

        async def serve(request: Request, page: ConsoleFile = page) -> Response:
            return answer_with(page, request.headers)

        app.add_route(path, serve, methods=["GET"], include_in_schema=False)
    if console:
        app.router.routes.append(ConsoleRoute(console))


def _page(package: str, name: str, *, try_it: bool) -> ConsoleFile:
    html = files(package).joinpath(name).read_text(encoding="utf-8")
    if not try_it:
        html = html.replace(_TRIES, '<html lang="en">')
    return ConsoleFile(name, html.encode(), policy_of_page(html))


def policy_of_page(html: str) -> str:
    """Return the policy of a page that carries its own styles and script and fetches nothing.

    One that sends its reader's requests may do so to its own origin.
    """
    scripts = " ".join(f"'sha256-{each}'" for each in inline_script_hashes(html))
    return "; ".join([
        "default-src 'none'",
        "script-src " + (scripts or "'none'"),
        "style-src 'unsafe-inline'",
        "img-src data:",
        *(["connect-src 'self'"] if _TRIES in html else []),
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ])  # fmt: skip
