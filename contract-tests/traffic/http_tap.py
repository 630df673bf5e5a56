"""Copies what httpx clients of a session are answered into a book, streams included, byte by byte."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx

from traffic.book import Answer, Book


class Tee(httpx.AsyncByteStream):
    """A response's body that is copied on its way."""

    def __init__(self, book: Book, request: httpx.Request, response: httpx.Response) -> None:
        self._book = book
        self._request = request
        self._response = response
        self._source = response.stream
        self._parts: list[bytes] = []
        self._whole = False
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._source:
            self._parts.append(part)
            yield part
        self._whole = True

    async def aclose(self) -> None:
        await self._source.aclose()
        if not self._closed:
            self._closed = True
            note(self._book, self._request, self._response, b"".join(self._parts), self._whole)


def note(
    book: Book, request: httpx.Request, response: httpx.Response, body: bytes, whole: bool
) -> None:
    try:
        sent = request.content
    except httpx.RequestNotRead:
        sent = b""
    book.answers.append(
        Answer(
            method=request.method,
            path=request.url.path,
            sent=sent,
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=body,
            authorized="authorization" in request.headers,
            whole=whole,
        )
    )


@contextmanager
def tapped(book: Book) -> Iterator[None]:
    """Record every answer below `/api/` to any asynchronous client of httpx while the block runs."""
    plain = httpx.AsyncHTTPTransport.handle_async_request

    async def handle(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        response = await plain(self, request)
        if request.url.path.startswith("/api/v1/"):
            response.stream = Tee(book, request, response)
        return response

    httpx.AsyncHTTPTransport.handle_async_request = handle
    try:
        yield
    finally:
        httpx.AsyncHTTPTransport.handle_async_request = plain
