"""What streams were opened with: each grant once, and withdrawing reaches those not open yet."""

from backbone.authorization import Cause, Grant
from gateway.listening.grants import Grants, Pending

OURS, OTHERS = Grant("s", 7), Grant("t", 7)


def test_a_grant_counts_once_however_many_streams_and_until_the_last_is_gone() -> None:
    grants: Grants[str] = Grants()
    for grant, holder in ((OURS, "a"), (OURS, "b"), (OTHERS, "c")):
        grants.add(grant, holder)
    assert (len(grants), set(grants.all())) == (2, {OURS, OTHERS})
    grants.discard(OURS, "a")
    grants.discard(OURS, "a")
    assert len(grants) == 2
    grants.discard(OURS, "b")
    assert grants.all() == [OTHERS]


def test_withdrawing_gives_the_open_streams_and_marks_those_being_opened() -> None:
    grants: Grants[str] = Grants()
    pending, other = Pending(OURS), Pending(OTHERS)
    grants.add(OURS, "open")
    grants.add(OURS, pending)
    grants.add(OTHERS, other)
    assert list(grants.withdraw(OURS, Cause.USER_DISABLED)) == ["open"]
    assert (pending.cause, other.cause) == (Cause.USER_DISABLED, None)
    assert list(grants.withdraw(Grant("unknown", 7), Cause.USER_DISABLED)) == []
