"""Reading begins behind deleted rows, and never behind one that may still come."""

import random

from backbone.relay.low_water_mark import WHOLE_SECONDS, LowWaterMark


def test_reading_begins_where_all_before_has_gone():
    low_water_mark = LowWaterMark(clock=lambda: 0.0)
    low_water_mark.note([100, 101], oldest=50, next_=50)
    assert low_water_mark.start() == 0
    low_water_mark.note([300], oldest=60, next_=60)
    assert low_water_mark.start() == 100
    low_water_mark.note([], oldest=70, next_=70)
    assert low_water_mark.start() == 300
    low_water_mark.note([], oldest=80, next_=80)
    assert low_water_mark.start() == 301


def test_a_transaction_that_runs_may_still_bring_a_smaller_id():
    low_water_mark = LowWaterMark(clock=lambda: 0.0)
    low_water_mark.note([100], oldest=50, next_=60)
    for _ in range(5):
        low_water_mark.note([200], oldest=50, next_=70)
        assert low_water_mark.start() == 0
    low_water_mark.note([90, 200], oldest=65, next_=70)
    assert low_water_mark.start() <= 90
    low_water_mark.note([200], oldest=75, next_=75)
    low_water_mark.note([200], oldest=75, next_=75)
    assert low_water_mark.start() == 200


def test_all_is_read_now_and_then():
    now = 0.0
    low_water_mark = LowWaterMark(clock=lambda: now)
    for number in (1, 2, 3):
        low_water_mark.note([100 * number], oldest=number, next_=number)
    assert low_water_mark.start() == 200
    now = WHOLE_SECONDS
    assert low_water_mark.start() == 0


def test_no_row_is_ever_behind_the_start():
    """Writers take a number and an id in one step and commit later, in any order."""
    for seed in range(100):
        _write_and_read(random.Random(seed))  # noqa: S311 - the same each time


def _write_and_read(draw: random.Random) -> None:
    low_water_mark = LowWaterMark(clock=lambda: 0.0)
    next_id, next_transaction = 1, 1
    running: dict[int, int] = {}
    rows: set[int] = set()
    for _ in range(200):
        step = draw.choice(["begin", "begin", "commit", "read", "read"])
        if step == "begin":
            running[next_transaction] = next_id
            next_id, next_transaction = next_id + 1, next_transaction + 1
        elif step == "commit" and running:
            id_ = running.pop(draw.choice(sorted(running)))
            rows |= {id_} if draw.random() < 0.9 else set()
        elif step == "read":
            start = low_water_mark.start()
            assert all(row >= start for row in rows)
            found = sorted(rows)[: draw.randint(1, 3)]
            low_water_mark.note(
                found, oldest=min(running, default=next_transaction), next_=next_transaction
            )
            rows -= set(found[: draw.randint(0, len(found))])
