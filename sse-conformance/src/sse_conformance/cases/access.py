"""Access: credentials, their withdrawal, isolation of channels."""

from sse_conformance.bench import Bench
from sse_conformance.case import case
from sse_conformance.cases.resume import history, positions
from sse_conformance.clauses import CLAIM, UNAUTHORIZED, WPT_STATUS
from sse_conformance.stream import Stream
from sse_conformance.target import StreamRequest

REFUSALS = {401, 403, 404}


def _refused(bench: Bench, request: StreamRequest, **more: str) -> None:
    """Check that a response is a refusal: a status that stops a browser, and no stream."""
    answer = bench.request(request, last_event_id=more.get("last_event_id", ""))
    status = answer.head.status
    bench.need(status in REFUSALS, f"status {status}")
    kind = answer.head.get("content-type") or ""
    bench.need(not kind.startswith("text/event-stream"), f"a refusal of type {kind!r}")
    if status == 401:  # noqa: PLR2004 - the status
        challenge = answer.head.get("www-authenticate")
        bench.need(challenge is not None, "401 without WWW-Authenticate")
    answer.close()


@case("auth.none", UNAUTHORIZED)
def none(bench: Bench) -> None:
    """Without credentials there is no stream."""
    _refused(bench, bench.target.without_credentials())


@case("auth.wrong", UNAUTHORIZED)
def wrong(bench: Bench) -> None:
    """With wrong credentials there is no stream."""
    request = bench.target.stream()
    # Reversed, they are of the right form and nobody's.
    forged = {
        n: " ".join(w[::-1] if at else w for at, w in enumerate(v.split(" ")))
        if " " in v
        else v[::-1]
        for n, v in request.headers.items()
    }
    _refused(bench, StreamRequest(bench.target.without_credentials().url, forged))


@case("auth.resume", WPT_STATUS, "resume_header")
def resume_needs_them(bench: Bench) -> None:
    """A position is no credential."""
    stream, _ = history(bench, 1)
    _refused(bench, bench.target.without_credentials(), last_event_id=positions(stream)[0])


@case("revocation.ends-streams", CLAIM)
def ends_streams(bench: Bench) -> None:
    """Withdrawn credentials end an open stream, and others stay."""
    other = bench.listen()
    stream = bench.open(request=bench.target.revocable())
    bench.join([stream, other])
    bench.target.revoke()
    bench.wait(lambda: bool(stream.ended), "the end of the stream")
    bench.exchange(other, bench.text())


@case("revocation.nothing-after", CLAIM)
def nothing_after(bench: Bench) -> None:
    """What is published after the stream's end is not readable with them."""
    stream = bench.open(request=bench.target.revocable())
    bench.join([stream])
    bench.target.revoke()
    bench.wait(lambda: bool(stream.ended), "the end of the stream")
    other = bench.listen()
    after = bench.publish()
    bench.expect(other, after)
    bench.need(after[0] not in stream.all_texts, "an event came after the end")


@case("revocation.no-return", UNAUTHORIZED)
def no_return(bench: Bench) -> None:
    """They open no new stream."""
    request = bench.target.revocable()
    stream = bench.open(request=request)
    bench.target.revoke()
    bench.wait(lambda: bool(stream.ended), "the end of the stream")
    _refused(bench, request)


def _both(bench: Bench) -> tuple[Stream, Stream]:
    return bench.listen(0), bench.listen(1)


@case("teams.own-events-only", CLAIM)
def own_only(bench: Bench) -> None:
    """Each channel's events come to its own streams only."""
    one, other = _both(bench)
    mine = bench.publish(bench.text(), bench.text(), channel=0)
    theirs = bench.publish(bench.text(), bench.text(), channel=1)
    mine += bench.publish(channel=0)
    bench.expect(one, mine)
    bench.expect(other, theirs)


@case("teams.no-foreign-stream", CLAIM)
def no_foreign(bench: Bench) -> None:
    """Another channel's stream is refused, or contains nothing of it."""
    stream = bench.request(bench.target.foreign())
    if stream.head.status != 200:  # noqa: PLR2004 - the status
        bench.need(stream.head.status in REFUSALS, f"status {stream.head.status}")
        return
    other = bench.listen(1)
    theirs = bench.publish(channel=1)
    bench.expect(other, theirs)
    bench.publish(channel=0)
    bench.pump(0.5)
    bench.need(theirs[0] not in stream.all_texts, "an event of the other channel came")


@case("teams.foreign-position", CLAIM, "resume_header")
def foreign_position(bench: Bench) -> None:
    """Another channel's position shows nothing of that channel."""
    other = bench.listen(1)
    theirs = bench.publish(bench.text(), bench.text(), channel=1)
    bench.expect(other, theirs)
    stream = bench.open(0, last_event_id=positions(other)[0])
    bench.join([stream], 0)
    bench.need(not set(theirs) & set(stream.all_texts), "an event of the other channel came")
