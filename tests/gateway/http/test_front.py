"""Which requests take the fast path. That both paths answer the same is shown in tests/integration."""

from typing import Any

import pytest

from gateway.http.front import Plain, StreamFront, read
from gateway.http.stream import StreamResponse

PATH = "/api/v1/events"


def scope(query: str = "", *headers: tuple[str, str], **changes: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": PATH,
        "http_version": "1.1",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
    } | changes


@pytest.mark.parametrize(
    ("query", "headers", "plain"),
    [
        ("", [], Plain(None, None, None)),
        ("team_id=7", [("host", "x"), ("accept", "a"), ("accept", "b")], Plain(7, None, None)),
        ("job_id=0", [("last-event-id", "e1.3")], Plain(None, 0, "e1.3")),
        ("team_id=7&job_id=42", [("last-event-id", "\xfc")], Plain(7, 42, "\xfc")),
        ("job_id=42&team_id=7", [("cookie", "a=b"), ("authorization", "c")], Plain(7, 42, None)),
    ],
)
def test_a_plain_request_is_read(query, headers, plain) -> None:
    assert read(scope(query, *headers)) == plain


@pytest.mark.parametrize(
    "query",
    [
        "team_id=",
        "team_id=07",
        "team_id=-7",
        "team_id=%37",
        "team_id=9007199254740993",
        "team_id=7&team_id=8",
        "team_id=7&",
        "team_id=7;job_id=1",
        "last_event_id=e1.3",
        "x=1",
    ],
)
def test_an_unusual_query_is_for_the_application(query) -> None:
    assert read(scope(query)) is None


@pytest.mark.parametrize(
    "headers",
    [
        [("origin", "https://example.com")],
        [("authorization", "a"), ("authorization", "b")],
        [("cookie", "a=1"), ("cookie", "b=2")],
        [("last-event-id", "e1.1"), ("last-event-id", "e1.2")],
        [("content-length", "0")],
        [("transfer-encoding", "chunked")],
    ],
)
def test_an_unusual_head_is_for_the_application(headers) -> None:
    assert read(scope("", *headers)) is None


def test_other_methods_and_versions_are_for_the_application() -> None:
    assert read(scope(method="HEAD")) is None
    assert read(scope(http_version="1.0")) is None


class Both:
    """A front whose events fail, before an application that notes what it is asked."""

    def __init__(self, error: Exception, *, begun: bool = False) -> None:
        self.error = error
        self.begun = begun
        self.asked: list[str] = []

    async def application(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope["type"])

    async def stream_events(self, *_: Any, **__: Any) -> Any:
        if not self.begun:
            raise self.error
        both = self

        class Response(StreamResponse):
            def __init__(self) -> None:
                pass

            async def __call__(self, *_: Any) -> None:
                self.begun = True
                raise both.error

        return Response()

    async def ask(self, asked: dict[str, Any]) -> None:
        async def principal(*_: Any) -> Any:
            return None

        front = StreamFront(
            self.application,
            events=self,  # type: ignore[arg-type]
            principal=principal,
            path=PATH,
        )
        await front(asked, None, None)  # type: ignore[arg-type]


async def test_what_is_refused_is_asked_of_the_application_from_the_start() -> None:
    both = Both(LookupError("refused"))
    await both.ask(scope())
    await both.ask(scope("x=1"))
    await both.ask({"type": "lifespan"})
    await both.ask(scope(path="/api/v1/health/live"))
    assert both.asked == ["http", "http", "lifespan", "http"]


async def test_once_the_stream_has_begun_nothing_else_answers() -> None:
    both = Both(LookupError("broken"), begun=True)
    with pytest.raises(LookupError):
        await both.ask(scope())
    assert both.asked == []
