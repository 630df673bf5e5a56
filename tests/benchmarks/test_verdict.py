import pytest

from benchmarks.chaos.listener import Account
from benchmarks.chaos.verdict import Verdict, explain, judge

LOG = ["e.1", "e.2", "e.3", "e.4"]


@pytest.mark.parametrize(
    ("told", "lost", "doubled", "reordered"),
    [
        (["e.1", "e.2", "e.3", "e.4"], 0, 0, 0),
        (["e.1", "e.3", "e.4"], 1, 0, 0),
        (["e.1", "e.2", "e.2", "e.3", "e.4"], 0, 1, 0),
        (["e.1", "e.3", "e.2", "e.4"], 0, 0, 1),
        (["e.1", "e.2", "e.3", "e.4", "x.9"], 0, 1, 0),
        ([], 4, 0, 0),
    ],
)
def test_counts_what_is_wrong(told, lost, doubled, reordered):
    verdict = judge(Account(ids=told), LOG)
    assert (verdict.lost, verdict.doubled, verdict.reordered) == (lost, doubled, reordered)
    assert verdict.holds == (lost == doubled == reordered == 0)


def test_what_was_told_as_left_out_is_not_lost():
    assert judge(Account(ids=["e.1", "e.4"], gaps=[(2, 3)]), LOG).holds
    assert judge(Account(ids=["e.1", "e.4"], gaps=[(2, 2)]), LOG).lost == 1


def test_verdicts_add_up():
    total = Verdict()
    total += judge(Account(ids=["e.1"]), LOG)
    total += judge(Account(ids=LOG), LOG)
    assert (total.told, total.lost) == (5, 3)


def test_what_the_log_does_not_say_is_altered():
    account = Account()
    account.take("e.1", "one")
    account.take("e.2", "another")
    verdict = judge(account, LOG[:2], {"e.1": "one", "e.2": "two"})
    assert verdict.altered == 1
    assert not verdict.holds


def test_the_first_difference_is_explained_with_what_is_around_it():
    told = explain(Account(ids=["e.1", "e.2", "e.4"]), LOG)
    assert "['e.1', 'e.2', 'e.3', 'e.4']" in told
    assert "event 3 of 4" in told
