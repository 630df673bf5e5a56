"""Slipway as a target of the conformance kit: much of what it claims, in less than a minute.

The kit knows nothing of Slipway; `target.py` says what Slipway claims. All of it, with a table:
``sse-conformance run --target contract-tests/sse/target.py``.
"""

import pytest

from sse.target import Slipway
from sse_conformance.cases import CASES
from sse_conformance.runner import attempt, started

LONG = 60.0
"""Seconds after which something will not come any more; nothing is decided by how fast it comes."""
QUICK = (
    "base.framing",
    "base.headers",
    "base.methods",
    "ids.",
    "retry.",
    "resume_header.after-each",
    "resume_header.same-ids",
    "resume_header.then-live",
    "resume_header.two-at-once",
    "resume_query.",
    "durable.resume-after-restart",
    "reset.",
    "snapshot.",
    "end.",
    "auth.",
    "cors.",
    "heartbeat.comes",
)
"""What runs with the other contract tests; the command runs everything."""


@pytest.fixture(scope="module")
def slipway():
    with started(Slipway()) as running:
        yield running


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.id.startswith(QUICK)], ids=lambda case: case.id
)
def test_slipway_does_what_it_claims(slipway, case):
    outcome = attempt(case, slipway, LONG)
    if outcome.status == "skipped":
        pytest.skip(outcome.detail)
    assert outcome.status == "passed", outcome.detail
