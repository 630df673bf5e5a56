"""Runs cases on a target, one after the other."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from sse_conformance.bench import Bench
from sse_conformance.case import Case
from sse_conformance.cases import CASES
from sse_conformance.errors import CaseFailed, CaseSkipped, TargetError
from sse_conformance.outcome import Outcome, Run
from sse_conformance.target import Target

WAIT = 15.0


@contextmanager
def started(target: Target) -> Iterator[Target]:
    """Start a target, and stop it at the end, whatever happens."""
    try:
        target.start()
        yield target
    finally:
        target.stop()
        target.close()


def attempt(case: Case, target: Target, wait: float = WAIT) -> Outcome:
    """Run one case on a started target. An exception is an outcome too."""
    bench = Bench(target, wait)
    missing = case.unclaimed(bench)
    if missing:
        return Outcome(case, "skipped", f"{missing} is not claimed")
    try:
        case.try_it(bench)
    except CaseSkipped as reason:
        return Outcome(case, "skipped", str(reason))
    except CaseFailed as failure:
        return Outcome(case, "failed", str(failure))
    except Exception as error:  # noqa: BLE001 - whatever a server makes the kit raise is its failure
        return Outcome(case, "failed", f"{type(error).__name__}: {error}")
    finally:
        bench.close()
    return Outcome(case, "passed")


def chosen(patterns: Iterable[str]) -> list[Case]:
    """Return the cases whose id holds one of the patterns; all without any. Raises TargetError."""
    wanted = list(patterns)
    found = [case for case in CASES if not wanted or any(part in case.id for part in wanted)]
    if not found:
        raise TargetError(f"no case has {' or '.join(wanted)} in its id")
    return found


def run(
    target: Target,
    cases: Iterable[Case] = CASES,
    wait: float = WAIT,
    report: Callable[[Outcome], None] = lambda _: None,
) -> Run:
    """Run cases on a target. Return all outcomes. Raises TargetError when it does not start."""
    with started(target):
        done = Run(target.name, target.versions(), target.capabilities.all_claimed())
        for case in cases:
            outcome = attempt(case, target, wait)
            done.outcomes.append(outcome)
            report(outcome)
            if outcome.status == "failed" and _is_gone(target):
                target.restart()
    return done


def _is_gone(target: Target) -> bool:
    """Return whether the server that a case broke has to be started again."""
    try:
        return target.exited()
    except CaseSkipped:
        return False
