"""The events of a run: job status events of many teams, numbered per team."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Event:
    """One event. Teams and sequences count from 1; `seq=` in the text is what the load checks."""

    team: int
    sequence: int
    padding: int = 0

    @property
    def routing_key(self) -> str:
        """The key as on the event exchange."""
        return f"team.{self.team}.job.{self.team}.status"

    @property
    def body(self) -> str:
        """The event as compact JSON; with its frame about 250 bytes."""
        return (
            f'{{"type":"job_status","job_id":{self.team},"team_id":{self.team},"status":"polling",'
            f'"message":"The provider is creating the environment, seq={self.sequence}{" " * self.padding}",'
            '"env_name":"shop-42","app_id":"8f3c0a52","occurred_at":1766000002}'
        )


def make_events(teams: int, count: int, padding: int = 0) -> list[Event]:
    """Number `count` events round the teams, each longer by `padding` bytes."""
    return [Event(number % teams + 1, number // teams + 1, padding) for number in range(count)]


def write_events(path: Path, events: list[Event], encode: Callable[[Event], bytes]) -> None:
    """Write what the load generator sends to a server's feed."""
    with path.open("wb") as file:
        for event in events:
            data = encode(event)
            file.write(b"%d %d %d\n%b" % (event.team - 1, event.sequence, len(data), data))


def line(event: Event, event_id: str) -> bytes:
    """Encode an event for a feed of lines: team, job, event id, JSON."""
    return f"{event.team} {event.team} {event_id} {event.body}\n".encode()
