"""Who may read `/metrics`: whoever has the token of the settings, and nobody without one.

Numbers tell of customers and of load, so they are not on the public origin by default.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backbone.errors import NotAuthenticated, NotFound

_BEARER = "bearer "


def metrics_route(
    token: SecretStr | None, respond: Callable[[Request], Awaitable[Response]]
) -> Route:
    """Make the route of `/metrics`; without a token there is nothing there.

    Prometheus sends the token with `authorization: {credentials: …}` of its scrape configuration.
    """

    async def guarded(request: Request) -> Response:
        if token is None:
            raise NotFound("Set METRICS_TOKEN to have the metrics served.")
        given = request.headers.get("authorization", "")
        scheme, value = given[: len(_BEARER)].lower(), given[len(_BEARER) :].strip()
        wanted = token.get_secret_value().encode()
        if scheme != _BEARER or not hmac.compare_digest(value.encode(), wanted):
            raise NotAuthenticated("Ask with METRICS_TOKEN as the bearer.")
        return await respond(request)

    return Route("/metrics", guarded, methods=["GET"])
