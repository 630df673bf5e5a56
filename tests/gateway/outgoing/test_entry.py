"""An event ready for delivery: whom it concerns, and what it moves or ends."""

import pytest

from gateway.outgoing.entry import JOB_STATUS, SESSION_REVOKED, TEAM_STATUS_CHANGED, Entry


def test_the_frame_carries_the_position_and_the_body() -> None:
    entry = Entry(JOB_STATUS, b'{"a":1}', "e.x.12", "polling", 42)
    assert (entry.epoch, entry.position) == ("e.x", 12)
    assert entry.text == b'id: e.x.12\nevent: message\ndata: {"a":1}\n\n'


def test_another_program_s_event_is_told_but_moves_and_ends_nothing() -> None:
    entry = Entry(JOB_STATUS, b"{}", None, "completed", 42)
    assert (entry.epoch, entry.position, entry.terminal) == (None, None, False)
    assert b"id:" not in entry.text
    assert not Entry(SESSION_REVOKED, b"{}", None, user_id=3).changes_access


@pytest.mark.parametrize(
    ("status", "ends"),
    [("queued", False), ("started", False), ("polling", False), ("completed", True),
     ("failed", True), ("cancelled", True), (None, False)],
)  # fmt: skip
def test_a_terminal_status_ends_its_job(status: str | None, ends: bool) -> None:
    assert Entry(JOB_STATUS, b"{}", "e.1", status, 42).terminal is ends


def test_a_team_s_status_is_no_job_s() -> None:
    assert not Entry(TEAM_STATUS_CHANGED, b"{}", "e.1", "completed").terminal


@pytest.mark.parametrize(
    ("entry", "heard_by"),
    [
        # A stream of job 42 of user 3, of all jobs of user 3, of job 1 and of user 4.
        (Entry(JOB_STATUS, b"{}", "e.1", "polling", 42, user_id=4), (True, True, False, True)),
        (Entry(TEAM_STATUS_CHANGED, b"{}", "e.1", user_id=4), (True, True, True, True)),
        (Entry(SESSION_REVOKED, b"{}", "e.1", user_id=3), (True, True, True, False)),
        (Entry(SESSION_REVOKED, b"{}", "e.1", user_id=4), (False, False, False, True)),
    ],
)
def test_who_gets_it(entry: Entry, heard_by: tuple[bool, ...]) -> None:
    streams = ((42, 3), (None, 3), (1, 3), (None, 4))
    assert tuple(entry.concerns(job, user) for job, user in streams) == heard_by


def test_what_changes_access() -> None:
    assert Entry(SESSION_REVOKED, b"{}", "e.1", user_id=3).changes_access
    assert Entry(TEAM_STATUS_CHANGED, b"{}", "e.1").changes_access
    assert not Entry(JOB_STATUS, b"{}", "e.1", "failed", 42).changes_access
