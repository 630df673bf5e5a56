"""What Hypothesis finds on a server that fails is a script to read."""

import pytest
from toy_target import Toy

from sse_conformance import machine
from sse_conformance.bench import Bench
from sse_conformance.errors import CaseFailed
from sse_conformance.runner import started


def test_a_doubled_event_shrinks_to_a_script():
    with started(Toy("resume-again")) as toy, pytest.raises(CaseFailed) as failed:
        machine.run(Bench(toy, 30), resume=True, examples=100, steps=8)
    script = str(failed.value)
    assert "not published" in script or "doubled" in script
    assert "state = Clients()" in script
    assert "state.arrive()" in script
    assert "state.vanish(" in script


def test_a_server_without_a_defect_passes():
    with started(Toy()) as toy:
        machine.run(Bench(toy, 30), resume=True, examples=5, steps=8)
