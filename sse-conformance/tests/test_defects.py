"""The toy passes everything; with a defect, the case that is about it fails: no case is one that cannot fail."""

import collections
import shutil

import pytest
from defects import DEFECTS
from toy_target import Toy

from sse_conformance.capabilities import names
from sse_conformance.case import BASE
from sse_conformance.cases import CASES
from sse_conformance.runner import attempt, started

BY_ID = {case.id: case for case in CASES}
LONG = 30.0
SHORT = 1.0
"""Seconds after which a toy with a defect is not waited for any longer: it is expected to fail."""
VALUES = {"lagged"}
"""Capabilities that only name something for another one."""


@pytest.fixture(scope="module")
def toy():
    with started(Toy()) as running:
        yield running


def needs_nginx(case_id):
    if (
        "prox" in case_id
        and "says-so" not in case_id
        and not (shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin"))
    ):
        pytest.skip("nginx is not installed")


def test_each_capability_has_three_defects():
    counts = collections.Counter(case_id.partition(".")[0] for case_id in DEFECTS.values())
    wanted = {BASE, *names()} - VALUES
    assert {name for name in wanted if counts[name] < 3} == set()


@pytest.mark.parametrize("case_id", sorted(set(DEFECTS.values())))
def test_without_a_defect_each_of_these_cases_passes(toy, case_id):
    needs_nginx(case_id)
    toy.switch("")
    outcome = attempt(BY_ID[case_id], toy, LONG)
    assert (outcome.status, outcome.detail) == ("passed", "")


@pytest.mark.parametrize("defect", sorted(DEFECTS))
def test_a_defect_is_found(toy, defect):
    case_id = DEFECTS[defect]
    needs_nginx(case_id)
    toy.switch(defect)
    try:
        outcome = attempt(BY_ID[case_id], toy, SHORT)
    finally:
        toy.switch("")
    assert outcome.status == "failed", outcome
    assert outcome.detail
