"""What reads all that waits has a small share of the time, however long it takes."""

import pytest

from backbone.batches import pause_after


def test_what_takes_long_is_done_less_often() -> None:
    assert pause_after(0.001, 10.0) == 10.0
    assert pause_after(1.0, 10.0) == pytest.approx(99.0)
