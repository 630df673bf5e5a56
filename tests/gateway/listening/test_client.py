"""A stream tells its observer what becomes of it, and its state first."""

from typing import cast

from backbone.authorization import Grant
from gateway.listening.client import Client, Listening, StreamObserver
from tests.gateway.event_source import EventSource, MemorySink


class Observer:
    def __init__(self) -> None:
        self.heard: list[tuple[str, bool]] = []

    def paused(self, client: Client) -> None:
        self.heard.append(("paused", client.paused))

    def resumed(self, client: Client) -> None:
        self.heard.append(("resumed", client.paused))

    def lost(self, client: Client) -> None:
        self.heard.append(("lost", client.paused))


def test_whoever_observes_a_stream_sees_it_as_it_is() -> None:
    observer, sink = Observer(), MemorySink(EventSource())
    listening = Listening(3, Grant("s", 7), deadline=60.0, expires_at=5.0)
    client = Client(cast("StreamObserver", observer), sink, listening, 7, 42)
    assert (client.user_id, client.grant, client.team_id, client.job_id) == (3, ("s", 7), 7, 42)
    assert (client.deadline, client.expires_at) == (60.0, 5.0)
    assert client.open
    assert not client.was_live, "nobody can lag who never was up to date"
    client.pause()
    client.resume()
    client.lose()
    assert observer.heard == [("paused", True), ("resumed", False), ("lost", False)]
