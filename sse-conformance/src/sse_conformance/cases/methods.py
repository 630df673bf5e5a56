"""Methods other than GET, and statuses other than 200."""

from sse_conformance.bench import Bench
from sse_conformance.case import case
from sse_conformance.clauses import ALLOW, HEAD, METHODS, WPT_STATUS

OK = 200
NOT_ALLOWED = 405
SERVER_ERROR = 500


@case("base.methods-head", HEAD)
def head(bench: Bench) -> None:
    """HEAD is answered, without a body, and ends."""
    stream = bench.request(bench.target.stream(), method="HEAD")
    bench.wait(lambda: bool(stream.ended), "the end of the answer to HEAD")
    bench.need(not stream.body, f"a body of {len(stream.body)} bytes")
    bench.need(stream.head.status < SERVER_ERROR, f"status {stream.head.status}")
    if stream.head.status == OK:
        kind = stream.head.get("content-type") or ""
        bench.need(
            kind.startswith("text/event-stream"), f"GET has another type than HEAD: {kind!r}"
        )


@case("base.methods-head-of-others", HEAD)
def head_leaves_others(bench: Bench) -> None:
    """HEAD does not disturb open streams."""
    stream = bench.listen()
    bench.request(bench.target.stream(), method="HEAD")
    bench.exchange(stream, bench.text(), bench.text())


@case("base.methods-options", METHODS)
def options(bench: Bench) -> None:
    """OPTIONS is answered, and by no stream."""
    stream = bench.request(bench.target.stream(), method="OPTIONS")
    kind = stream.head.get("content-type") or ""
    bench.need(not kind.startswith("text/event-stream"), "OPTIONS opens a stream")
    bench.need(stream.head.status < SERVER_ERROR, f"status {stream.head.status}")


@case("base.methods-not-allowed", ALLOW)
def not_allowed(bench: Bench) -> None:
    """A refusal by 405 names the allowed methods."""
    for method in ("DELETE", "PATCH"):
        stream = bench.request(bench.target.stream(), method=method)
        bench.need(stream.head.status < SERVER_ERROR, f"{method}: status {stream.head.status}")
        if stream.head.status == NOT_ALLOWED:
            bench.need(stream.head.get("allow") is not None, f"{method}: 405 without Allow")
        stream.close()


@case("base.methods-unknown-path", WPT_STATUS)
def unknown_path(bench: Bench) -> None:
    """An unknown path is refused by a status that stops a browser, and the response ends."""
    request = bench.target.stream()
    url = request.url.split("?")[0].rstrip("/") + "/no-such-thing/at-all"
    stream = bench.request(type(request)(url, request.headers))
    bench.need(
        stream.head.status not in {OK, 301, 302, 303, 307, 308}, f"status {stream.head.status}"
    )
    bench.need(stream.head.status < SERVER_ERROR, f"status {stream.head.status}")
    bench.wait(
        lambda: (
            bool(stream.ended) or _length_reached(stream.head.get("content-length"), stream.body)
        ),
        "the end of the refusal",
    )


def _length_reached(length: str | None, body: bytearray) -> bool:
    return length is not None and len(body) >= int(length)
