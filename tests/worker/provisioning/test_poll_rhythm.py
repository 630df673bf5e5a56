"""How often is looked: often at the begin and around the usual end, and never beyond the bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.jobs.durations import Usual
from worker.provisioning.poll_rhythm import PollRhythm

RHYTHM = PollRhythm(first=0.5, longest=5, apart=1, backoff_longest=60)
USUAL = Usual(100, 140)


@pytest.mark.parametrize(
    ("waited", "wait"),
    [(0, 0.5), (3, 1), (9, 3), (40, 5), (97, 1), (100, 0.5), (140, 0.5), (143, 1), (400, 5)],
)
def test_faster_after_the_begin_and_near_the_usual_end(waited: float, wait: float) -> None:
    assert RHYTHM.next_look(waited, lasted=waited, usual=USUAL) == wait


@pytest.mark.parametrize(("waited", "wait"), [(0, 0.5), (3, 1), (9, 3), (100, 5)])
def test_slower_and_slower_where_nothing_is_usual_yet(waited: float, wait: float) -> None:
    assert RHYTHM.next_look(waited, lasted=waited, usual=None) == wait


@pytest.mark.parametrize(("sharing", "wait"), [(1, 5), (2, 2.5), (5, 1), (10_000, 1)])
def test_a_call_that_serves_many_comes_more_often(sharing: int, wait: float) -> None:
    assert RHYTHM.next_look(50, lasted=50, usual=None, sharing=sharing) == wait


def test_a_creation_that_took_long_to_be_accepted_is_new_all_the_same() -> None:
    assert RHYTHM.next_look(0, lasted=60, usual=None) == 0.5


@given(st.floats(min_value=-10, max_value=1e9), st.sampled_from([None, USUAL]))
def test_no_wait_leaves_its_bounds(waited: float, usual: Usual | None) -> None:
    assert 0.5 <= RHYTHM.next_look(waited, lasted=waited, usual=usual) <= 5


def test_calls_keep_apart_and_dear_ones_further() -> None:
    assert RHYTHM.next_call(0.01, 0) == 1
    assert RHYTHM.next_call(0.5, 0) == 3
    assert 1 < RHYTHM.next_call(0, 1) <= 1.1


def test_errors_back_off_up_to_the_longest() -> None:
    waits = [RHYTHM.after_errors(n, 0) for n in range(1, 9)]
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]
    assert RHYTHM.after_errors(1, 1) == 2.5
