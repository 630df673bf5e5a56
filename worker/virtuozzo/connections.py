"""httpx's transport over aiohttp's connections: its parser in C halves what a call costs.

Refuses to blur what failed: whether a request may have reached the provider decides whether a job
must look for what it made, so each of aiohttp's errors has the httpx error that says the same.
"""

from __future__ import annotations

from typing import Final

import aiohttp
import httpx
from aiohttp.helpers import get_env_proxy_for_url
from yarl import URL

from worker.virtuozzo.sending import ask

_SAYS: Final[tuple[tuple[type[Exception], type[httpx.TransportError]], ...]] = (
    # Before the first byte left: no connection, or none in time, also while waiting for a free one.
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout),
    (aiohttp.ClientConnectorError, httpx.ConnectError),
    (aiohttp.InvalidURL, httpx.UnsupportedProtocol),
    # After it.
    (TimeoutError, httpx.ReadTimeout),
    (aiohttp.ServerDisconnectedError, httpx.RemoteProtocolError),
    (aiohttp.ClientError, httpx.ReadError),
)
"""The first that fits; a subclass stands before its base."""


class _Request(aiohttp.ClientRequest):
    """Asks again with the connection at hand: who was stopped while waiting asked too early."""

    async def send(self, conn: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        ask()
        return await super().send(conn)


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Reads whole answers. Made on the loop that it serves.

    Proxies come from the environment as it is at the first call of each host: aiohttp itself would
    look there, and for a `.netrc`, in two threads per call.
    """

    def __init__(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=httpx.create_ssl_context()),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            request_class=_Request,
        )
        self._proxies: dict[tuple[str, str], URL | None] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read its answer. Raises httpx.TransportError."""
        limits = request.extensions.get("timeout", {})
        timeout = aiohttp.ClientTimeout(
            connect=limits.get("pool"),
            sock_connect=limits.get("connect"),
            sock_read=limits.get("read"),
        )
        try:
            async with self._session.request(
                request.method,
                str(request.url),
                headers=list(request.headers.multi_items()),
                data=await request.aread() or None,
                allow_redirects=False,
                proxy=self._proxy_for(request.url),
                timeout=timeout,
            ) as answer:
                return httpx.Response(
                    answer.status, headers=answer.raw_headers, content=await answer.read()
                )
        except (aiohttp.ClientError, TimeoutError) as error:
            said = next(said for kind, said in _SAYS if isinstance(error, kind))
            raise said(type(error).__name__, request=request) from error

    def _proxy_for(self, url: httpx.URL) -> URL | None:
        place = (url.scheme, url.host)
        if place not in self._proxies:
            self._proxies[place] = _proxy_of_the_environment(URL(str(url)))
        return self._proxies[place]

    async def aclose(self) -> None:
        """Close all connections."""
        await self._session.close()


def _proxy_of_the_environment(url: URL) -> URL | None:
    try:
        proxy, auth = get_env_proxy_for_url(url)
    except LookupError:
        return None
    return proxy if auth is None else proxy.with_user(auth.login).with_password(auth.password)
