"""Header fields of the response that is a stream."""

from sse_conformance.bench import Bench
from sse_conformance.case import case
from sse_conformance.clauses import CODING, LENGTH, PROCESSING, STORING, TRANSFER


@case("base.headers-content-type", PROCESSING)
def content_type(bench: Bench) -> None:
    """The type is text/event-stream, and no other charset than UTF-8 is named."""
    field = bench.open().head.get("content-type") or ""
    parameters = [part.strip().lower() for part in field.split(";")[1:]]
    odd = [part for part in parameters if part.replace('"', "") != "charset=utf-8"]
    bench.need(not odd, f"the content type is {field!r}")


@case("base.headers-not-stored", STORING)
def not_stored(bench: Bench) -> None:
    """No cache may answer with an old stream."""
    field = (bench.open().head.get("cache-control") or "").lower()
    wanted = ("no-store", "no-cache", "max-age=0")
    bench.need(
        any(word in field for word in wanted), f"Cache-Control is {field!r}: a cache may guess"
    )


@case("base.headers-no-length", LENGTH)
def no_length(bench: Bench) -> None:
    """A body without an end has no Content-Length."""
    field = bench.open().head.get("content-length")
    bench.need(field is None, f"Content-Length: {field}")


@case("base.headers-identity", CODING)
def identity(bench: Bench) -> None:
    """A client that wants no content coding gets none."""
    head = bench.open(headers={"Accept-Encoding": "identity"}).head
    coding = head.get("content-encoding") or "identity"
    bench.need(coding == "identity", f"Content-Encoding: {coding}")


@case("base.headers-gzip", CODING)
def gzip(bench: Bench) -> None:
    """To a client that takes gzip, events still come one by one."""
    stream = bench.listen(headers={"Accept-Encoding": "gzip"})
    bench.exchange(stream)
    coded = (stream.head.get("content-encoding") or "identity") != "identity"
    varies = "accept-encoding" in (stream.head.get("vary") or "").lower()
    bench.need(
        varies or not coded, "the coding was negotiated, and Vary does not name Accept-Encoding"
    )


@case("base.headers-http-1.0", TRANSFER)
def http10(bench: Bench) -> None:
    """A client of HTTP/1.0 gets no transfer coding, or is refused."""
    stream = bench.request(bench.target.stream(), http10=True)
    coding = stream.head.get("transfer-encoding")
    bench.need(coding is None, f"Transfer-Encoding: {coding} to a client of HTTP/1.0")
    if stream.head.status == 200:  # noqa: PLR2004 - the status
        bench.join([stream])
        bench.exchange(stream)


@case("base.headers-accept", PROCESSING)
def accept(bench: Bench) -> None:
    """A client that accepts anything gets the stream, too."""
    stream = bench.listen(headers={"Accept": "*/*"})
    bench.exchange(stream)


@case("base.headers-head-comes-first", PROCESSING)
def head_first(bench: Bench) -> None:
    """The head comes before there is an event, so that a browser fires open."""
    stream = bench.open()
    bench.need(not stream.ended, f"the stream ended ({stream.ended}) at once")


@case("retry.digits", PROCESSING)
def retry_digits(bench: Bench) -> None:
    """A stream begins with a reconnection time in digits."""
    stream = bench.listen()
    times = [block.retry for block in stream.parser.blocks if block.retry is not None]
    bench.need(bool(times), "no retry came with or before the first event")
    bench.no_faults(stream)


@case("retry.bounded", PROCESSING)
def retry_bounded(bench: Bench) -> None:
    """The time is more than nothing and no more than some minutes."""
    stream = bench.listen()
    times = [block.retry for block in stream.parser.blocks if block.retry is not None]
    bench.need(bool(times), "no retry came with or before the first event")
    bench.need(all(0 < time <= 600_000 for time in times), f"retry: {times}")  # noqa: PLR2004


@case("retry.keeps-position", PROCESSING)
def retry_keeps_position(bench: Bench) -> None:
    """The block with the time does not set the client's position back."""
    stream = bench.listen()
    times = [block for block in stream.parser.blocks if block.retry is not None]
    bench.need(bool(times), "no retry came with or before the first event")
    bench.need(all(block.own_id != "" for block in times), "it comes with an empty id")
