"""Framing: a text arrives as it was published, whatever it contains."""

from sse_conformance.bench import Bench
from sse_conformance.case import Case, case
from sse_conformance.clauses import AUTHORING, DELIVERY, INTERPRETING, PARSING
from sse_conformance.errors import CaseSkipped

LONG = 262_144


def _texts(name: str, title: str, texts: list[str]) -> Case:
    def try_it(bench: Bench) -> None:
        short = [text[: bench.target.max_text] for text in texts]
        stream = bench.listen()
        bench.exchange(stream, *short)
        bench.no_faults(stream)

    try_it.__doc__ = title
    return case(f"base.framing-{name}", PARSING)(try_it)


plain = _texts("plain", "A text arrives as it was published", ["hello", "a b", "{}"])
line_feeds = _texts(
    "line-feed", "Lines ended by LF arrive as lines", ["a\nb", "a\n\nb", "\na", "a\n", "\n\n"]
)
carriage_returns = _texts(
    "carriage-return", "Lines ended by CR arrive as lines", ["a\rb", "a\r\rb", "a\r"]
)
pairs = _texts("cr-lf", "Lines ended by CR LF arrive as lines", ["a\r\nb", "a\r\n\r\nb", "a\n\rb"])
spaces = _texts("spaces", "Spaces at both ends are kept", [" a", "  a", "a ", "\ta", " "])
fields = _texts(
    "field-like",
    "Text that looks like fields stays text",
    ["data: x", "id: 7", "retry: 1", "event: x", ": x", ":", "a\nid: 7\nretry: 5\n\ndata: b"],
)
mark = _texts("byte-order-mark", "A byte order mark within a text stays", ["\ufeffa", "a\ufeff"])
separators = _texts(
    "other-separators",
    "What only other languages take for line ends is text",
    ["a\u2028b\u2029c\x85d", "a\x0bb\x0cc"],
)
characters = _texts(
    "utf-8", "Characters of all lengths arrive", ["Grüße 船 🚢", "\U0010ffff", "e\u0301", "\u00ff"]
)


@case("base.framing-long-line", PARSING)
def long_line(bench: Bench) -> None:
    """A line far longer than a buffer arrives."""
    stream = bench.listen()
    bench.exchange(stream, "x" * min(LONG, bench.target.max_text))


@case("base.framing-utf-8-over-chunks", PARSING)
def over_chunks(bench: Bench) -> None:
    """Characters of several bytes arrive wherever chunks are cut."""
    stream = bench.listen()
    size = min(LONG // 4, bench.target.max_text)
    bench.exchange(stream, *(("x" * shift + "🚢" * size)[:size] for shift in range(4)))
    bench.no_faults(stream)


@case("base.framing-empty", INTERPRETING)
def empty(bench: Bench) -> None:
    """An event without text is still an event."""
    if not bench.target.empty_text:
        raise CaseSkipped("the target publishes no empty text")
    stream = bench.listen()
    bench.exchange(stream, "", "a", "")


@case("base.framing-control-characters", PARSING)
def control_characters(bench: Bench) -> None:
    """NUL and other control characters in a text are text."""
    if not bench.target.control_characters:
        raise CaseSkipped("the target publishes no control characters")
    stream = bench.listen()
    bench.exchange(stream, "a\0b", "\x01\x02\x1b\x7f")


@case("base.framing-lines-mean-something", PARSING)
def lines(bench: Bench) -> None:
    """Every line is a comment or a field that the standard knows, in UTF-8."""
    stream = bench.listen()
    bench.exchange(stream, *(bench.text() for _ in range(10)))
    bench.no_faults(stream)


@case("base.framing-comments-dispatch-nothing", AUTHORING)
def comments(bench: Bench) -> None:
    """Between events a client receives nothing but comments and control events of other names."""
    stream = bench.listen()
    bench.exchange(stream, *(bench.text() for _ in range(5)))
    empty_blocks = [e for e in stream.events if e.name == "message" and not e.data]
    bench.need(not empty_blocks, "an event of type message without data that nobody published")


@case("base.framing-reserved-names", INTERPRETING)
def reserved(bench: Bench) -> None:
    """No event has a type that a browser's EventSource fires itself."""
    stream = bench.listen()
    bench.exchange(stream)
    clash = {event.name for event in stream.events} & {"open", "error"}
    bench.need(
        not clash, f"events of type {', '.join(sorted(clash))}, which pages take for the browser's"
    )


@case("event_names.type-arrives", INTERPRETING)
def named(bench: Bench) -> None:
    """An event's type arrives, and an event without one is a message."""
    stream = bench.listen()
    for name in ("update", "a b", "größe", "x" * 100):
        text = bench.text()
        bench.target.publish(text, event=name)
        bench.wait(lambda: text in stream.texts, f"the event of type {name!r}")
        came = next(
            event
            for event in stream.own_events
            if bench.target.read(event.name, event.data) == text
        )
        bench.need(came.name == name, f"the type {name!r} came as {came.name!r}")
    text = bench.text()
    bench.target.publish(text)
    bench.wait(lambda: text in stream.texts, "the event without a type")
    bench.need(
        stream.own_events[-1].name == "message", f"no type came as {stream.own_events[-1].name!r}"
    )


def _injects(bench: Bench, field: str) -> None:
    stream = bench.listen()
    for break_ in ("\n", "\r", "\r\n"):
        forged = f"x{break_}data: forged{break_}{break_}data: forged{break_}{break_}"
        try:
            if field == "event":
                bench.target.publish(bench.text(), event=forged)
            else:
                bench.target.publish(bench.text(), event_id=forged)
        except Exception as refused:  # noqa: BLE001 - a refusal is the better answer, of any kind
            del refused
            continue
    after = bench.text()
    bench.target.publish(after)
    bench.wait(lambda: after in stream.texts, "the event after it")
    got = [event.data for event in stream.events if "forged" in event.data]
    bench.need(not got, f"a line break in the {field} became lines of their own: {got[:2]!r}")


@case("event_names.no-injection", PARSING)
def name_injection(bench: Bench) -> None:
    """A line break in an event's type is refused or dropped, never lines of their own."""
    _injects(bench, "event")


@case("event_names.data-is-kept", DELIVERY)
def named_data(bench: Bench) -> None:
    """A type changes nothing in the text."""
    stream = bench.listen()
    wanted = []
    for text in ("a\nb", " a", "data: x"):
        bench.target.publish(text[: bench.target.max_text], event="update")
        wanted.append(text)
    bench.expect(stream, [*wanted, *bench.publish()])


@case("publisher_ids.id-arrives", INTERPRETING)
def chosen_id(bench: Bench) -> None:
    """The id that a publisher chose arrives."""
    stream = bench.listen()
    for chosen in ("a1", "0", "urn-x.y_z"):
        text = bench.text()
        bench.target.publish(text, event_id=chosen)
        bench.wait(lambda: text in stream.texts, f"the event with id {chosen!r}")
        came = stream.own_events[-1].own_id
        bench.need(came == chosen, f"the id {chosen!r} came as {came!r}")


@case("publisher_ids.no-injection", PARSING)
def id_injection(bench: Bench) -> None:
    """A line break in an id is refused or dropped, never lines of their own."""
    _injects(bench, "id")


@case("publisher_ids.nul", INTERPRETING)
def nul_in_id(bench: Bench) -> None:
    """An id with NUL, which browsers ignore, is never sent."""
    stream = bench.listen()
    try:
        bench.target.publish(bench.text(), event_id="a\0b")
    except Exception as refused:  # noqa: BLE001 - a refusal is the better answer, of any kind
        del refused
    after = bench.text()
    bench.target.publish(after)
    bench.wait(lambda: after in stream.texts, "the event after it")
    bench.no_faults(stream)
