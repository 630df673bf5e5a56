"""The gate on this repository's own past: every revision of the contracts against the one before."""

import time
from datetime import date
from itertools import pairwise

import pytest

from contractkit.compat.gate import Terms, compare
from contractkit.compat.options import read_diff_options
from contractkit.compat.revisions import Repository
from contractkit.compat.rule import Severity
from contractkit.errors import ContractKitError
from contractkit.model.contract import Contract
from testing.checkout import ROOT
from testing.history import git, require_history

LIMIT = 12
TODAY = date(2026, 11, 23)


def commits() -> list[str]:
    require_history()
    found = git("log", "--format=%H", f"-{LIMIT}", "--", "specs").splitlines()
    if len(found) < 2:
        pytest.skip("specs/ has fewer than two revisions")
    return list(reversed(found))


def opened(repository: Repository, revision: str) -> Contract | None:
    """Read a revision; one that no reader of today takes is no contract to compare."""
    try:
        return repository.open(revision).contract
    except ContractKitError:
        return None


def test_every_revision_is_judged_and_both_directions_agree() -> None:
    options = read_diff_options(ROOT)
    repository = Repository(ROOT, options.openapi, options.asyncapi)
    terms = Terms(
        today=TODAY,
        modes=options.modes,
        documentation=options.documentation,
        version_policy=False,
    )
    judged = 0
    history = {commit: opened(repository, commit) for commit in commits()}
    for before, after in pairwise(history):
        old, new = history[before], history[after]
        if old is None or new is None:
            continue
        forward, backward = compare(old, new, terms), compare(new, old, terms)
        assert bool(forward) == bool(backward), f"{before[:10]}..{after[:10]}"
        for finding in (*forward, *backward):
            assert finding.severity is not Severity.UNCLASSIFIED, finding.message
            assert finding.place is not None
        judged += 1
    assert judged


def test_comparing_our_contracts_is_quick(capsys: pytest.CaptureFixture[str]) -> None:
    """The time is told, and only a gross loss fails: no clock decides a test."""
    options = read_diff_options(ROOT)
    repository = Repository(ROOT, options.openapi, options.asyncapi)
    began = time.perf_counter()
    old, new = repository.working_tree().contract, repository.working_tree().contract
    assert compare(old, new, Terms(today=TODAY)) == []
    spent = time.perf_counter() - began
    with capsys.disabled():
        print(f"\ncontractkit diff of specs/ with itself: {spent:.2f} s")  # noqa: T201 (told on purpose)
    assert spent < 60
