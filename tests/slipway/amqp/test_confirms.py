"""Confirms: nothing is acknowledged early, nothing is left out, tags are joined where they can."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from pamqp import commands, frame

from slipway.amqp.confirms import Confirms


class Publisher:
    def __init__(self) -> None:
        self.acks: list[tuple[int, bool]] = []
        self.nacks: list[int] = []
        self.waiting: list[Callable[[], None]] = []

    def send(self, data: bytes) -> None:
        method = frame.unmarshal(data)[2]
        if isinstance(method, commands.Basic.Nack):
            self.nacks.append(method.delivery_tag or 0)
        elif isinstance(method, commands.Basic.Ack):
            self.acks.append((method.delivery_tag or 0, method.multiple))

    def before_write(self, action: Callable[[], None]) -> None:
        self.waiting.append(action)

    def write(self) -> None:
        waiting, self.waiting = self.waiting, []
        for action in waiting:
            action()


def test_a_burst_is_one_frame():
    publisher = Publisher()
    confirms = Confirms(1, publisher.send, publisher.before_write)
    for _ in range(100):
        confirms.confirm(confirms.begin())
    publisher.write()
    assert publisher.acks == [(100, True)]


def test_a_closed_channel_is_silent():
    publisher = Publisher()
    confirms = Confirms(1, publisher.send, publisher.before_write)
    tags = [confirms.begin() for _ in range(3)]
    confirms.confirm(tags[0])
    confirms.close()
    confirms.confirm(tags[1])
    confirms.refuse(tags[2])
    publisher.write()
    assert (publisher.acks, publisher.nacks) == ([], [])


@given(st.permutations(range(1, 13)), st.sets(st.integers(1, 12)), st.sets(st.integers(0, 11)))
def test_a_client_that_follows_the_standard_learns_the_truth(order, refused, writes):
    publisher = Publisher()
    confirms = Confirms(1, publisher.send, publisher.before_write)
    for _ in range(12):
        confirms.begin()
    settled: set[int] = set()
    for step, tag in enumerate(order):
        if tag in refused:
            confirms.refuse(tag)
        else:
            confirms.confirm(tag)
        settled.add(tag)
        if step in writes:
            publisher.write()
        known = _known(publisher)
        assert known <= settled, "told too early"
    publisher.write()
    assert _known(publisher) == set(range(1, 13))
    assert set(publisher.nacks) == refused


def _known(publisher: Publisher) -> set[int]:
    known = set(publisher.nacks)
    for tag, multiple in publisher.acks:
        known |= set(range(1, tag + 1)) if multiple else {tag}
    return known
