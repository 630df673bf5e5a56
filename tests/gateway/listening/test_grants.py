"""Which grants are asked about, and when."""

import pytest

from backbone.authorization import Cause, Grant
from gateway.listening.grants import BATCH, ROUND, Grants, Pending

MANY = BATCH + ROUND + 7


def grant(number: int) -> Grant:
    return Grant(f"hash{number}", 7)


@pytest.fixture
def grants() -> Grants[str]:
    """Many streams, of which nothing is unknown any more and which all have had their turn."""
    made: Grants[str] = Grants()
    for number in range(MANY):
        made.add(grant(number), f"stream{number}")
    made.to_ask(0.0)
    while made._round:
        made.to_ask(0.0)
    return made


def test_a_new_one_is_asked_about_at_once_and_then_only_in_turn(grants):
    first, second = grants.to_ask(0.0), None
    assert len(first) == ROUND
    grants.add(grant(-1), "new")
    second = grants.to_ask(0.0)
    assert second[0] == grant(-1)
    assert len(second) == ROUND + 1
    # Another stream of a grant that is known may have been admitted by what was true before.
    grants.add(grant(-1), "newer")
    assert grant(-1) in grants.to_ask(0.0)[:1]


def test_everyone_has_a_turn(grants):
    asked = set()
    for _ in range(MANY // ROUND + 1):
        asked.update(grants.to_ask(0.0))
    assert asked == {grant(number) for number in range(MANY)}


def test_who_is_opening_is_asked_about_until_it_is_open(grants):
    pending = Pending(grant(-1))
    grants.add(pending.grant, pending)
    for _ in range(3):
        assert grants.to_ask(0.0)[0] == pending.grant
    assert list(grants.withdraw(pending.grant, Cause.SESSION_REVOKED)) == []
    assert pending.cause is Cause.SESSION_REVOKED
    grants.discard(pending.grant, pending)
    assert pending.grant not in grants.to_ask(0.0)


def test_a_suspect_is_asked_about_once_if_it_is_here(grants):
    grants.suspect(grant(3))
    grants.suspect(grant(-5))
    grants.suspect(grant(4))
    grants.discard(grant(4), "stream4")
    asked = grants.to_ask(0.0)
    assert asked[0] == grant(3)
    assert not {grant(-5), grant(4)} & set(asked)


def test_whose_end_has_come_is_asked_about_by_the_databases_time(grants):
    grants._round = [grant(0)]
    grants.until(grant(3), 100.0)
    grants.until(grant(4), 100.0)
    grants.until(grant(4), 200.0)
    assert grants.to_ask(99.9) == [grant(0)]
    assert grants.to_ask(100.0)[0] == grant(3)
    grants._round = [grant(0)]
    # Asked, it had moved on, and moves on once more.
    grants.until(grant(3), 300.0)
    assert grants.to_ask(200.0) == [grant(4), grant(0)]


def test_ends_of_those_that_left_take_no_room(grants):
    for number in range(20_000):
        grants.add(grant(-1), "stream")
        grants.until(grant(-1), 1e9 + number)
        grants.discard(grant(-1), "stream")
    assert len(grants._ends) < 2_000
    assert len(grants._end_of) == 0


def test_when_anything_may_have_changed_all_are_asked_about_by_and_by(grants):
    grants._round = [grant(0)]
    grants.doubt_all()
    assert grants.doubtful
    grants.suspect(grant(MANY - 1))
    first = grants.to_ask(0.0)
    # What is known to have changed comes first and does not wait for the others.
    assert first[0] == grant(MANY - 1)
    assert len(first) <= BATCH + 2
    assert grants.doubtful
    asked = set(first) | set(grants.to_ask(0.0))
    assert not grants.doubtful
    assert asked == {grant(number) for number in range(MANY)}


def test_a_grant_counts_once_however_many_streams_and_until_the_last_is_gone() -> None:
    ours, others, made = grant(1), grant(2), Grants[str]()
    for one, holder in ((ours, "a"), (ours, "b"), (others, "c")):
        made.add(one, holder)
    assert (len(made), ours in made, others in made) == (2, True, True)
    made.discard(ours, "a")
    made.discard(ours, "a")
    assert ours in made
    made.discard(ours, "b")
    assert (len(made), ours in made, others in made) == (1, False, True)


def test_withdrawing_gives_the_open_streams_and_marks_those_being_opened() -> None:
    ours, others, made = grant(1), grant(2), Grants[str]()
    pending, other = Pending(ours), Pending(others)
    made.add(ours, "open")
    made.add(ours, pending)
    made.add(others, other)
    assert list(made.withdraw(ours, Cause.USER_DISABLED)) == ["open"]
    assert (pending.cause, other.cause) == (Cause.USER_DISABLED, None)
    assert list(made.withdraw(grant(3), Cause.USER_DISABLED)) == []
