"""The table of the docstring, step by step."""

from __future__ import annotations

import itertools

import pytest

from backbone.jobs.states import (
    AT_WORK,
    INITIAL,
    NEXT,
    TERMINAL,
    IllegalTransitionError,
    check,
    sources,
    when_claimed,
)
from generated.models.job import JobStatus

S = JobStatus
LEGAL = {
    (S.queued, S.started),
    (S.queued, S.failed),
    (S.queued, S.cancelled),
    (S.started, S.queued),
    (S.started, S.started),
    (S.started, S.polling),
    (S.started, S.completed),
    (S.started, S.failed),
    (S.started, S.cancelled),
    (S.polling, S.queued),
    (S.polling, S.polling),
    (S.polling, S.completed),
    (S.polling, S.failed),
    (S.polling, S.cancelled),
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(S, S)))
def test_each_pair_is_legal_or_refused(before: JobStatus, after: JobStatus) -> None:
    if (before, after) in LEGAL:
        check(before, after)
        assert before in sources(after)
    else:
        with pytest.raises(IllegalTransitionError, match=f"{before} can't become {after}"):
            check(before, after)
        assert before not in sources(after)


def test_nothing_leads_out_of_an_end() -> None:
    assert all(NEXT[status] == frozenset() for status in TERMINAL)


def test_every_status_is_reachable_and_every_job_can_end() -> None:
    reached = {INITIAL}
    while grown := {after for before in reached for after in NEXT[before]} - reached:
        reached |= grown
    assert reached == set(S)
    assert all(NEXT[status] & TERMINAL for status in set(S) - TERMINAL)


def test_a_claim_never_takes_a_browser_back_from_polling() -> None:
    assert when_claimed(S.queued) is S.started
    assert when_claimed(S.started) is S.started
    assert when_claimed(S.polling) is S.polling


@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_an_end_cannot_be_claimed(status: JobStatus) -> None:
    with pytest.raises(IllegalTransitionError):
        when_claimed(status)


def test_the_statuses_are_those_of_the_contract() -> None:
    assert set(NEXT) == set(S)
    assert TERMINAL | AT_WORK | {INITIAL} == set(S)
