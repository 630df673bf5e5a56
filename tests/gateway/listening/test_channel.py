"""A channel: who is up to date, who is behind, and that none gets an entry twice or never."""

from typing import Any

from backbone.authorization import Grant
from gateway.limits import Limits
from gateway.listening.channel import Channel
from gateway.listening.client import Client, Listening
from gateway.listening.team_position import TeamPosition
from gateway.metrics import Metrics
from gateway.outgoing.entry import JOB_STATUS, Entry
from tests.gateway.event_source import EventSource, MemorySink


class Observer:
    def __init__(self) -> None:
        self.over: list[tuple[Client, str]] = []

    def paused(self, client: Client) -> None:
        pass

    def ended(self, client: Client, status: str) -> None:
        self.over.append((client, status))


class Fixture:
    def __init__(self, job_id: int | None = None, **limits: Any) -> None:
        self.told = TeamPosition(7)
        self.told.epoch = "e1"
        self.metrics, self.observer = Metrics(), Observer()
        self.scheduled: list[Channel] = []
        self.channel = Channel(
            self.told, job_id, Limits(**limits), self.metrics, self.scheduled.append
        )

    def client(self, *, active: bool = True) -> Client:
        listening = Listening(3, Grant("s", 7), 1e9, 1e9)
        sink = MemorySink(EventSource())
        client = Client(self.observer, sink, listening, 7, self.channel.job_id)  # type: ignore[arg-type]
        self.channel.enter(client)
        if active:
            self.channel.activate(client)
        return client

    def push(self, status: str = "polling", *, logged: bool = True) -> Entry:
        event_id = None
        if logged:
            self.told.position += 1
            event_id = f"e1.{self.told.position}"
        entry = Entry(JOB_STATUS, b"{}", event_id, status, 42)
        self.channel.push(entry)
        return entry


def got(client: Client) -> list[str]:
    return [d.last_event_id for d in client.sink.source.frames("message")]  # type: ignore[attr-defined]


def test_what_is_pending_is_written_once_to_all_who_are_up_to_date() -> None:
    world = Fixture()
    clients = [world.client(), world.client()]
    for _ in range(3):
        world.push()
    assert world.scheduled == [world.channel], "asked for one flush, not for three"
    world.channel.flush()
    world.channel.flush()
    for client in clients:
        assert got(client) == ["e1.1", "e1.2", "e1.3"]
        assert len(client.sink.chunks) == 1  # type: ignore[attr-defined]
    assert (world.metrics.deliveries_total, world.metrics.writes_total) == (6, 2)


def test_a_write_joins_only_so_many_frames() -> None:
    world = Fixture(join=2)
    client = world.client()
    for _ in range(5):
        world.push()
    world.channel.flush()
    assert len(client.sink.chunks) == 3  # type: ignore[attr-defined]
    assert got(client) == [f"e1.{n}" for n in range(1, 6)]


def test_who_is_demoted_is_remembered_for_exactly_what_it_has() -> None:
    world = Fixture()
    client, other = world.client(), world.client()
    world.push()
    world.channel.flush()
    world.push()  # pending: neither has it
    world.channel.demote(client)
    assert (client.position, client.sequence) == (1, 1)
    backlog = world.channel.backlog
    assert backlog is not None
    assert [entry.position for _, entry in backlog.after(client.sequence, client.position)] == [2]
    world.push()
    world.channel.flush()
    assert got(client) == ["e1.1"]
    assert got(other) == ["e1.1", "e1.2", "e1.3"]
    assert [entry.position for _, entry in backlog.after(client.sequence, client.position)] == [
        2,
        3,
    ]
    world.channel.activate(client)
    assert world.channel.backlog is None, "nobody is behind: nothing has to be remembered"
    assert client.was_live


def test_what_memory_drops_is_counted() -> None:
    world = Fixture(queue_size=2)
    world.client(active=False)
    for _ in range(5):
        world.push()
    assert world.metrics.dropped_total == 3
    assert world.channel.backlog is not None
    assert world.channel.backlog.floor == 3


def test_an_entry_for_some_reaches_only_those_who_are_up_to_date() -> None:
    world = Fixture()
    one, other, behind = world.client(), world.client(), world.client(active=False)
    world.told.position = 1
    world.channel.push_to(Entry("session_revoked", b"{}", "e1.1", user_id=3), [one, behind])
    assert (got(one), got(other), got(behind)) == (["e1.1"], [], [])
    assert world.metrics.deliveries_total == 1


def test_a_job_s_terminal_event_ends_its_streams_but_only_the_log_s() -> None:
    world = Fixture(job_id=42)
    client = world.client()
    world.push("completed", logged=False)
    world.channel.flush()
    assert world.observer.over == [], "another program's event ends nothing"
    world.push("completed")
    world.channel.flush()
    assert world.observer.over == [(client, "completed")]
    team = Fixture()
    team.client()
    team.push("completed")
    team.channel.flush()
    assert team.observer.over == [], "a team's stream goes on"


def test_after_the_log_went_back_everybody_is_behind_and_nothing_is_remembered() -> None:
    world = Fixture()
    client = world.client()
    world.push()
    world.channel.unsettle()
    assert client in world.channel.behind
    assert world.channel.backlog is not None
    assert list(world.channel.backlog.after(0, 0)) == []
    world.channel.discard(client)
    assert world.channel.empty
    assert world.channel.backlog is None
