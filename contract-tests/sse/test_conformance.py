"""Slipway as a target of the conformance kit: everything that it claims.

The kit knows nothing of Slipway; `target.py` says what Slipway claims. The same by hand, with a table:
``sse-conformance run --target contract-tests/sse/target.py``.
"""

import pytest

from sse.target import Slipway
from sse_conformance.cases import CASES
from sse_conformance.runner import attempt, started

LONG = 60.0
"""Seconds after which something will not come any more; nothing is decided by how fast it comes."""
AT_LENGTH = (
    "slow_reader.in-order",
    "slow_reader.whole-events",
    "slow_reader.hears-again",
    "memory_per_stream.bounded-for-stalled",
    "resume_header.every-byte",
    "heartbeat.keeps-position",
    "heartbeat.then-events",
    "drain.exits",
    "drain.whole-events",
    "drain_event.keeps-position",
    "durable.new-events",
    "durable.client-that-was-there",
)
"""Cases that take long and are run by hand, with the command; others of their capability are here."""


@pytest.fixture(scope="module")
def slipway():
    with started(Slipway()) as running:
        yield running


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.id not in AT_LENGTH], ids=lambda case: case.id
)
def test_slipway_does_what_it_claims(slipway, case):
    outcome = attempt(case, slipway, LONG)
    if outcome.status == "skipped":
        pytest.skip(outcome.detail)
    assert outcome.status == "passed", outcome.detail
