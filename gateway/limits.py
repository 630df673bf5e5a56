"""How much a gateway process keeps and waits for; every number that bounds it is here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes in entries or streams, times in seconds unless named otherwise.

    `queue_size` is what a channel remembers for readers behind, and a team for streams that resume
    (all teams together `tail_bytes`); a team without streams is kept for `idle_team`. `join` are
    the frames of one write (few enough that a full sink is noticed in time), `page` the events of
    one reading of the log, `ahead` the events kept that came before their turn.
    `refill` is how many positions a reader that was up to date may fall behind before it is told
    that it lagged. `max_age` is shortened by up to a tenth, so that streams don't end together.
    """

    queue_size: int = 100
    tail_bytes: int = 64 * 2**20
    idle_team: float = 30.0
    join: int = 64
    page: int = 256
    ahead: int = 1024
    refill: int = 1000
    send_timeout: float = 30.0
    heartbeat: int = 15
    max_age: float = 3600.0
    retry_milliseconds: int = 2000
    shutdown_retry_milliseconds: int = 2000
    streams: int = 50_000
    streams_per_team: int = 10_000
    streams_per_user: int = 1_000
    log_readers: int = 8
    drain: float = 5.0
    poll: float = 0.25
    sweep: float = 5.0
