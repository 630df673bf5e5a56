from __future__ import annotations

import pytest

from worker.virtuozzo import EnvironmentStatus
from worker.virtuozzo.environment_status import read_status


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (1, "RUNNING"),
        (2, "DOWN"),
        (3, "LAUNCHING"),
        (4, "SLEEP"),
        (6, "CREATING"),
        (7, "CLONING"),
        (11, "BROKEN"),
    ],
)
def test_the_platforms_numbers(number, name):
    assert EnvironmentStatus(number).name == name


@pytest.mark.parametrize("value", [99, 1002, None, "x", {}, -1])
def test_what_is_not_known_is_unknown(value):
    assert read_status(value) is EnvironmentStatus.UNKNOWN


def test_no_status_is_two_things():
    for status in EnvironmentStatus:
        assert [status.is_ready, status.is_failed, status.is_pending].count(True) <= 1


def test_settled_is_not_pending():
    for status in (
        "DOWN",
        "SLEEP",
        "STOPPING",
        "GOING_TO_SLEEP",
        "NOT_EXISTS",
        "BROKEN",
        "RUNNING",
    ):
        assert not EnvironmentStatus[status].is_pending
