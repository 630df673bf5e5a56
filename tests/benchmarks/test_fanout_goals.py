"""A goal is met, not met or not measured, and the exit code follows."""

from benchmarks.fanout.cases import Sample
from benchmarks.fanout.goals import Verdict, verdicts


def found(samples: dict[tuple[str, str], list[Sample]], words: str) -> Verdict:
    return next(verdict for verdict in verdicts(samples) if words in verdict.text)


def per_core(*values: float) -> list[Sample]:
    return [Sample({"per_core": value, "p99_ms": 1000 / value}) for value in values]


def test_nothing_measured_is_nothing_judged() -> None:
    assert {verdict.met for verdict in verdicts({})} == {None}


def test_a_goal_without_its_rival_is_not_measured() -> None:
    assert found({("teams", "gateway"): per_core(10)}, "500 teams").met is None


def test_the_ratio_is_taken_run_by_run() -> None:
    # The medians alone would give 2.0.
    samples = {
        ("teams", "gateway"): per_core(10, 20, 30),
        ("teams", "nchan"): per_core(10, 20, 10),
    }
    verdict = found(samples, "500 teams")
    assert verdict.met is False
    assert verdict.measured.startswith("1.00 (1.00 to 3.00)")


def test_the_median_decides() -> None:
    samples = {
        ("teams", "gateway"): per_core(14, 14, 5),
        ("teams", "nchan"): per_core(10, 10, 10),
    }
    assert found(samples, "500 teams").met is True


def test_latency_may_not_be_worse_than_the_rival() -> None:
    better = {("steady", "gateway"): per_core(20), ("steady", "nchan"): per_core(10)}
    worse = {("steady", "gateway"): per_core(10), ("steady", "nchan"): per_core(20)}
    assert found(better, "p99").met is True
    assert found(worse, "p99").met is False


def test_a_fault_of_the_gateway_is_a_goal_missed() -> None:
    samples = {("idle", "gateway"): [Sample({"kb_per_connection": 2.0}, ("9 cut",))]}
    assert found(samples, "lost").met is False
    assert found(samples, "memory").met is True


def test_a_fault_of_another_server_is_its_own() -> None:
    samples = {
        ("idle", "gateway"): [Sample({"kb_per_connection": 2.0})],
        ("idle", "nchan"): [Sample({}, ("9 cut",))],
    }
    assert found(samples, "lost").met is True
