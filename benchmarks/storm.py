"""What a million streams do when they break: a simulation of `python -m benchmarks.storm`.

No machine here holds them, so this reckons with what one gateway was measured to do: openings per
second and core, streams that it may hold, look-ups that share a statement. Each stream comes back
after `retry:` with its jitter, to a gateway that the proxy draws; who is refused waits three times
as long. What it does not know of: the proxies' own limits, and networks.
"""

import argparse
import random
from collections import Counter
from dataclasses import dataclass, field

STEP = 0.02
"""Seconds; look-ups that come within it share statements (`backbone/loader.py`)."""
OPENINGS = 9_000.0
"""Per second of a gateway with a core: sessions unlike each other, 10 events behind."""
KEYS = 100
"""Look-ups in a statement."""
LONGEST = 900.0


@dataclass(frozen=True, slots=True)
class Storm:
    """`away` of `gateways` break for `seconds`, or None for ever; `cut` breaks all streams."""

    name: str
    gateways: int
    away: int = 0
    seconds: float | None = 0.0
    cut: bool = False
    retry: float = 2.0
    room: int = 50_000
    streams: int = 1_000_000


@dataclass(slots=True)
class Outcome:
    """Seconds until so many of the broken streams were back, None for never; and what it took."""

    broken: int = 0
    back: int = 0
    half: float | None = None
    most: float | None = None
    all: float | None = None
    refused: int = 0
    longest_wait: float = 0.0
    peak_statements: float = 0.0
    arrivals: Counter[int] = field(default_factory=Counter)


def simulate(storm: Storm, dice: random.Random) -> Outcome:
    each = storm.streams // storm.gateways
    held = [each] * storm.gateways
    for number in range(storm.gateways):
        if storm.cut or number < storm.away:
            held[number] = 0
    found = Outcome(broken=storm.streams - sum(held))
    coming: dict[int, int] = {}

    def later(step: int, count: int, base: float) -> None:
        for _ in range(count):
            due = step + max(1, round(base * dice.uniform(0.5, 1.5) / STEP))
            coming[due] = coming.get(due, 0) + 1

    later(0, found.broken, storm.retry)
    waiting = [0] * storm.gateways
    begin = 0
    for step in range(int(LONGEST / STEP)):
        now = step * STEP
        back = storm.seconds is not None and now >= storm.seconds
        begin = 0 if back else storm.away
        arrived = coming.pop(step, 0)
        found.arrivals[int(now)] += arrived
        refused = 0
        for number in dice.choices(range(begin, storm.gateways), k=arrived):
            if held[number] + waiting[number] < storm.room:
                waiting[number] += 1
            else:
                refused += 1
        if refused:
            found.refused += refused
            later(step, refused, storm.retry * 3)
        statements = 0
        for number in range(begin, storm.gateways):
            found.longest_wait = max(found.longest_wait, waiting[number] / OPENINGS)
            opened = min(waiting[number], int(OPENINGS * STEP))
            waiting[number] -= opened
            held[number] += opened
            found.back += opened
            statements += -(-opened // KEYS) * 2  # sessions, and heads of teams
        found.peak_statements = max(found.peak_statements, statements / STEP)
        if found.half is None and found.back >= found.broken * 0.5:
            found.half = now
        if found.most is None and found.back >= found.broken * 0.99:
            found.most = now
        if found.back == found.broken:
            found.all = now
            break
    return found


STORMS = (
    Storm("one of 20 restarts, away for 10 s", 20, away=1, seconds=10),
    Storm("one of 25 restarts, away for 10 s", 25, away=1, seconds=10),
    Storm("all break at once, 25 gateways", 25, cut=True),
    Storm("the same, `retry:` of 60 s", 25, cut=True, retry=60),
    Storm("12 of 25 are gone for good", 25, away=12, seconds=None),
    Storm("the same, 80,000 streams each", 25, away=12, seconds=None, room=80_000),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    dice = random.Random(parser.parse_args().seed)
    print(
        "| storm | broken | half back | 99 % back | all back | openings asked for, most in a second "
        "| refusals | longest wait at a gateway | statements/s, most |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for storm in STORMS:
        found = simulate(storm, dice)
        times = (
            "never" if at is None else f"{at:.1f} s" for at in (found.half, found.most, found.all)
        )
        print(
            f"| {storm.name} | {found.broken:,} |",
            " | ".join(times),
            f"| {max(found.arrivals.values()):,} | {found.refused:,} | {found.longest_wait:.1f} s "
            f"| {found.peak_statements:,.0f} |",
        )


if __name__ == "__main__":
    main()
