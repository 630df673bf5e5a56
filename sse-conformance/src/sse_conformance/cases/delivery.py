"""Delivery: which client receives what, in which order, and independence of other clients."""

import threading

from sse_conformance.bench import Bench
from sse_conformance.case import case
from sse_conformance.clauses import DELIVERY, PROCESSING
from sse_conformance.errors import CaseFailed
from sse_conformance.stream import Stream

BURST = 300
WRITERS = 2
EACH = 60
MANY = 100


def _writers(bench: Bench) -> list[list[str]]:
    """Publish from two threads at once. Return what each published, in its order."""
    written: list[list[str]] = [
        [f"{bench.text()}-{n}" for n in range(EACH)] for _ in range(WRITERS)
    ]
    errors: list[BaseException] = []

    def write(texts: list[str]) -> None:
        try:
            for text in texts:
                bench.target.publish(text)
        except BaseException as error:  # noqa: BLE001 - reported by the case
            errors.append(error)

    threads = [threading.Thread(target=write, args=(texts,)) for texts in written]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        bench.pump(0.05)
    if errors:
        raise errors[0]
    return written


@case("base.delivery-burst", DELIVERY)
def burst(bench: Bench) -> None:
    """A burst arrives whole, in order, at each of three clients."""
    streams = [bench.open() for _ in range(3)]
    bench.join(streams)
    texts = bench.publish(*(bench.text() for _ in range(BURST)))
    for stream in streams:
        bench.expect(stream, texts)


@case("base.delivery-two-writers", DELIVERY)
def two_writers(bench: Bench) -> None:
    """What each of two writers published arrives once and in that writer's order."""
    stream = bench.listen()
    written = _writers(bench)
    last = bench.publish()[0]
    bench.wait(lambda: last in stream.texts, "the event after both writers")
    for texts in written:
        mine = set(texts)
        came = [text for text in stream.texts if text in mine]
        if came != texts:
            raise CaseFailed(
                f"{len(came)} of {len(texts)} events of a writer came, or in another order"
            )


@case("base.delivery-one-order", DELIVERY)
def one_order(bench: Bench) -> None:
    """Two clients receive the events of two writers in the same order."""
    streams = [bench.open() for _ in range(2)]
    bench.join(streams)
    _writers(bench)
    last = bench.publish()[0]
    bench.wait(
        lambda: all(last in stream.texts for stream in streams), "the event after both writers"
    )
    bench.need(streams[0].texts == streams[1].texts, "two clients received different orders")


@case("base.delivery-many", DELIVERY)
def many(bench: Bench) -> None:
    """A hundred clients receive each event once."""
    streams = [bench.open() for _ in range(MANY)]
    bench.join(streams)
    texts = bench.publish(*(bench.text() for _ in range(5)))
    for stream in streams:
        bench.expect(stream, texts)


@case("base.delivery-come-and-go", PROCESSING)
def come_and_go(bench: Bench) -> None:
    """Many clients that connect and disconnect do not disturb those that stay."""
    stream = bench.listen()
    for number in range(MANY):
        passing = bench.open()
        if number % 2:
            passing.reset()
        else:
            passing.close()
        bench.streams.remove(passing)
    bench.exchange(stream, *(bench.text() for _ in range(5)))


@case("base.delivery-half-open", PROCESSING)
def half_open(bench: Bench) -> None:
    """Clients whose connection broke in mid-stream do not disturb the others."""
    gone = [bench.open() for _ in range(20)]
    stream = bench.listen()
    for other in gone:
        other.reset()
    bench.exchange(stream, *(bench.text() for _ in range(20)))


@case("base.delivery-half-closed", PROCESSING)
def half_closed(bench: Bench) -> None:
    """A half-closed client is still served, or its stream ends; nothing is doubled."""
    stream, other = bench.open(), bench.open()
    bench.join([stream, other])
    stream.connection.shut_sending()
    texts = bench.publish(*(bench.text() for _ in range(5)))
    bench.expect(other, texts)
    bench.need(stream.texts == texts[: len(stream.texts)], f"it received {stream.texts}")


@case("base.delivery-stalled-hurts-nobody", DELIVERY)
def stalled(bench: Bench) -> None:
    """While one client reads nothing, the others receive everything."""
    lazy: Stream = bench.open(receive_buffer=4096)
    lazy.stalled = True
    stream = bench.listen()
    size = min(16_384, bench.target.max_text - 40)
    texts = [f"{bench.text()} {'x' * size}" for _ in range(BURST)]
    bench.expect(stream, bench.publish_many(texts))


@case("base.delivery-late", DELIVERY)
def late(bench: Bench) -> None:
    """A client without a position receives what is published after it connected, in order."""
    bench.publish(bench.text(), bench.text())
    stream = bench.listen()
    bench.exchange(stream, bench.text(), bench.text())
