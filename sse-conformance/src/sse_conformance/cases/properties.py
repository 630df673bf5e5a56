"""Scripts of many steps, chosen by Hypothesis; see `sse_conformance.machine`."""

from sse_conformance.bench import Bench
from sse_conformance.case import case
from sse_conformance.clauses import DELIVERY
from sse_conformance.machine import run

EXAMPLES = 15
STEPS = 15


@case("base.property-live", DELIVERY)
def live(bench: Bench) -> None:
    """A client that connects at any time receives what is published from then on."""
    run(bench, resume=False, examples=EXAMPLES, steps=STEPS)


@case("resume_header.property", DELIVERY)
def resume(bench: Bench) -> None:
    """A client that is cut at any byte and reconnects has, in the end, what was published."""
    run(bench, resume=True, examples=EXAMPLES, steps=STEPS)
