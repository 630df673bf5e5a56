"""Resume: a client that reconnects continues where it was, by header or by query parameter."""

import threading

from sse_conformance.bench import Bench
from sse_conformance.case import case
from sse_conformance.clauses import CLAIM, LAST_EVENT_ID, PARSING, PROCESSING
from sse_conformance.errors import CaseFailed
from sse_conformance.parser import Parser
from sse_conformance.stream import Stream

BURST = 150
CUT_AT = 2
"""How many events are cut at every byte."""


def history(bench: Bench, count: int) -> tuple[Stream, list[str]]:
    """Publish `count` events to a client. Return its stream and their texts."""
    stream = bench.listen()
    texts = bench.publish(*(bench.text() for _ in range(count)))
    bench.expect(stream, texts)
    return stream, texts


def positions(stream: Stream) -> list[str]:
    """Return the ids of the events since the client joined; all must have one."""
    ids = [event.own_id or "" for event in stream.own_events]
    if not all(ids):
        raise CaseFailed("an event carries no id, so nobody can resume after it")
    return ids


@case("resume_header.after-each", LAST_EVENT_ID)
def after_each(bench: Bench) -> None:
    """After each position comes exactly what followed, then what is new."""
    stream, texts = history(bench, 6)
    for seen, position in enumerate(positions(stream)):
        again = bench.open(last_event_id=position)
        texts += bench.publish()
        bench.expect(again, texts[seen + 1 :])
        again.close()


@case("resume_header.same-ids", LAST_EVENT_ID)
def same_ids(bench: Bench) -> None:
    """What is sent again has the ids that it had."""
    stream, texts = history(bench, 5)
    first = positions(stream)
    again = bench.open(last_event_id=first[0])
    bench.expect(again, texts[1:])
    bench.need(positions(again) == first[1:], f"{positions(again)} instead of {first[1:]}")


@case("resume_header.every-byte", PARSING)
def every_byte(bench: Bench) -> None:
    """Cut at any byte and resumed, a stream continues as if it had not been cut."""
    stream, texts = history(bench, CUT_AT + 1)
    start = positions(stream)[0]
    whole = bench.open(last_event_id=start)
    bench.expect(whole, texts[1:])
    for size in range(len(whole.body) + 1):
        cut = bench.open(last_event_id=start)
        bench.wait(lambda: len(cut.body) >= size or bool(cut.ended), "the bytes of the first time")
        browser = Parser(start)
        browser.feed(bytes(cut.body[:size]))
        cut.reset()
        had = [
            text for e in browser.events if (text := bench.target.read(e.name, e.data)) is not None
        ]
        rest = texts[1 + len(had) :] or bench.publish()
        texts += rest if rest[-1] not in texts else []
        again = bench.open(last_event_id=browser.last_event_id)
        bench.wait(
            lambda: rest[-1] in again.texts or bool(again.ended), f"the rest after {size} bytes"
        )
        if had + again.texts != texts[1:]:
            raise CaseFailed(
                f"cut after {size} of {len(whole.body)} bytes: {had} and then {again.texts}"
            )
        again.close()
        whole.close()
        bench.streams = [stream]
        if len(had) >= CUT_AT:
            # What follows are comments only.
            break


@case("resume_header.while-publishing", LAST_EVENT_ID)
def while_publishing(bench: Bench) -> None:
    """A client that reconnects again and again while others publish misses and doubles nothing."""
    stream, texts = history(bench, 1)
    position = positions(stream)[0]
    wanted = [bench.text() for _ in range(BURST)]
    errors: list[BaseException] = []

    def write() -> None:
        try:
            for text in wanted:
                bench.target.publish(text)
        except BaseException as error:  # noqa: BLE001 - reported by the case
            errors.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    got: list[str] = []
    try:
        while wanted[-1] not in got and not errors:
            current = bench.open(last_event_id=position)
            enough = min(7, len(wanted) - len(got))
            bench.wait(lambda: len(current.texts) >= enough or bool(current.ended), "more events")
            got += current.texts
            position = current.cursor
            current.reset()
            bench.streams.remove(current)
            if got != wanted[: len(got)]:
                break
    finally:
        writer.join()
    if errors:
        raise errors[0]
    del texts
    if got != wanted:
        at = next(
            (n for n, pair in enumerate(zip(got, wanted, strict=False)) if pair[0] != pair[1]),
            len(got),
        )
        raise CaseFailed(f"event {at} of {BURST} is {got[at : at + 3]}, not {wanted[at : at + 3]}")


@case("resume_header.then-live", PROCESSING)
def then_live(bench: Bench) -> None:
    """Where history ends and live events begin, nothing is missing, doubled or out of order."""
    stream, texts = history(bench, 40)
    again = bench.open(last_event_id=positions(stream)[0])
    texts += bench.publish(*(bench.text() for _ in range(40)))
    bench.expect(again, texts[1:])
    bench.expect(stream, texts)


@case("resume_header.two-at-once", LAST_EVENT_ID)
def two_at_once(bench: Bench) -> None:
    """Two clients that resume at two positions each get what followed theirs."""
    stream, texts = history(bench, 6)
    ids = positions(stream)
    one, other = bench.open(last_event_id=ids[0]), bench.open(last_event_id=ids[3])
    texts += bench.publish()
    bench.expect(one, texts[1:])
    bench.expect(other, texts[4:])


@case("resume_query.after-each", CLAIM)
def by_query(bench: Bench) -> None:
    """The query parameter does what the header does."""
    stream, texts = history(bench, 4)
    name = bench.claims.resume_query
    for seen, position in enumerate(positions(stream)):
        again = bench.open(query={name: position})
        texts += bench.publish()
        bench.expect(again, texts[seen + 1 :])
        again.close()


@case("resume_query.header-wins", LAST_EVENT_ID, "resume_header")
def header_wins(bench: Bench) -> None:
    """A browser that reconnects repeats the query; its header is newer and has precedence."""
    stream, texts = history(bench, 5)
    ids = positions(stream)
    again = bench.open(last_event_id=ids[3], query={bench.claims.resume_query: ids[0]})
    texts += bench.publish()
    bench.expect(again, texts[4:])


@case("resume_query.then-live", CLAIM)
def query_then_live(bench: Bench) -> None:
    """After what followed comes what is new."""
    stream, texts = history(bench, 3)
    again = bench.open(query={bench.claims.resume_query: positions(stream)[1]})
    bench.expect(again, texts[2:])
    bench.expect(again, texts[2:] + bench.publish(*(bench.text() for _ in range(3))))


@case("durable.resume-after-restart", CLAIM, "resume_header")
def after_restart(bench: Bench) -> None:
    """A position from before a restart is good after it."""
    stream, texts = history(bench, 4)
    position = positions(stream)[1]
    bench.close()
    bench.target.restart()
    again = bench.open(last_event_id=position)
    texts += bench.publish()
    bench.expect(again, texts[2:])


@case("durable.new-events", CLAIM, "resume_header")
def new_after_restart(bench: Bench) -> None:
    """After a restart new events follow the old ones, under ids of their own."""
    stream, texts = history(bench, 2)
    ids = positions(stream)
    bench.close()
    bench.target.restart()
    again = bench.open(last_event_id=ids[0])
    texts += bench.publish(bench.text(), bench.text())
    bench.expect(again, texts[1:])
    new = positions(again)
    bench.need(len(set(new) | set(ids)) == len(texts), f"ids before: {ids}, after: {new}")


@case("durable.client-that-was-there", CLAIM, "resume_header")
def was_there(bench: Bench) -> None:
    """A client that was connected until the restart reconnects and misses nothing."""
    stream, texts = history(bench, 3)
    bench.target.restart()
    bench.wait(lambda: bool(stream.ended), "the end of a stopped server's stream")
    again = bench.open(last_event_id=stream.cursor)
    new = bench.publish(bench.text(), bench.text())
    bench.wait(lambda: new[-1] in again.texts, "what was published after the restart")
    bench.need(stream.texts + again.texts == texts + new, f"{stream.texts}, then {again.texts}")
    reset = bench.claims.reset
    bench.need(not reset or again.named(reset) is None, f"its position was answered by {reset}")
