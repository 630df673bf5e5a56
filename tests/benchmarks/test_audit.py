"""Each promise about the books, broken once: the audit must name it."""

from types import SimpleNamespace

import pytest

from benchmarks.chaos.audit import Event, Records, audit


def log(*entries: tuple[int, str]) -> list[Event]:
    return [Event(f"e.{n}", job, status, "{}") for n, (job, status) in enumerate(entries, 1)]


def records(**changes) -> Records:
    """Job 1 completed, job 2 was cancelled; everything is as it should be."""
    made = Records(
        logs={7: log((1, "queued"), (2, "queued"), (1, "completed"), (2, "cancelled"))},
        heads={7: 4},
        jobs={
            1: SimpleNamespace(id=1, status="completed", env_name="a"),
            2: SimpleNamespace(id=2, status="cancelled", env_name="b"),
        },
        environments=[SimpleNamespace(env_name="a", status="running")],
    )
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def provider(living=("a",), created=("a",)) -> dict:
    return {
        "environments": [{"env_name": name} for name in living],
        "created": [{"env_name": name} for name in created],
    }


ACCEPTED = {1: "a", 2: "b"}


def test_finds_nothing_where_nothing_is_wrong():
    assert audit(records(), ACCEPTED, provider()) == []


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"outbox": 1}, "P7"),
        ({"heads": {7: 5}}, "P2: team 7's log"),
        ({"logs": {7: log((1, "queued"), (2, "queued"), (1, "completed"), (2, "started"))}}, "job 2 has 0"),
        ({"logs": {7: log((2, "cancelled"), (1, "completed"), (2, "failed"), (1, "completed"))}}, "job 1 has 2"),
        ({"logs": {7: log((1, "queued"), (2, "queued"), (1, "failed"), (2, "cancelled"))}}, "job 1 is completed"),
        ({"environments": []}, "P4: rows"),
    ],
)  # fmt: skip
def test_names_what_is_wrong_in_the_books(changed, found):
    assert any(found in line for line in audit(records(**changed), ACCEPTED, provider()))


def test_names_orders_and_jobs_that_do_not_meet():
    assert "without a job" in audit(records(), {**ACCEPTED, 3: "c"}, provider())[0]
    assert "nobody was told" in audit(records(), {1: "a"}, provider())[0]


@pytest.mark.parametrize(
    ("at_provider", "found"),
    [
        (provider(created=("a", "a")), "a was created 2 times"),
        (provider(created=("a", "b", "b")), "b was created 2 times"),
        (provider(living=()), "not at the provider"),
        (provider(living=("a", "b")), "without a completed job"),
    ],
)
def test_names_what_is_wrong_at_the_provider(at_provider, found):
    assert any(found in line for line in audit(records(), ACCEPTED, at_provider))


def test_names_a_job_that_failed_though_the_provider_would_have_made_it():
    failed = records()
    failed.jobs[1] = SimpleNamespace(
        id=1, status="failed", env_name="a", error_code="E", failure_message="gone"
    )
    assert "P10: job 1 (a) failed: E: gone" in audit(failed, ACCEPTED, provider())
    told = audit(failed, {**ACCEPTED, 1: "fail-broken-a"}, provider())
    assert not any("P10" in line for line in told)
