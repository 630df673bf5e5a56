"""Waits grow, stay within their bounds, and do not all end together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.provisioning.limits import Limits

LIMITS = Limits(retry_first=1, retry_longest=60)


def test_retries_double_up_to_the_longest() -> None:
    waits = [LIMITS.retry_delay(n, 0) for n in range(1, 9)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


@given(st.integers(min_value=1, max_value=10**9), st.floats(min_value=0, max_value=1))
def test_no_wait_leaves_its_bounds(failures: int, jitter: float) -> None:
    assert 0.75 <= LIMITS.retry_delay(failures, jitter) <= 60


@pytest.mark.parametrize("failures", [1, 5, 50])
def test_jitter_takes_off_up_to_a_quarter(failures: int) -> None:
    full, least = LIMITS.retry_delay(failures, 0), LIMITS.retry_delay(failures, 1)
    assert least == pytest.approx(full * 0.75)
