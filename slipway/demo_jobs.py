"""What became of the demo team's jobs before anybody looked: a dozen, of every kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from backbone.jobs.change import Change
from backbone.orders.order import CREATE, DELETE
from generated.models.job import JobStatus

_POLLING: Final = {
    CREATE: "The provider is creating the environment",
    DELETE: "The provider is removing the environment",
}


@dataclass(frozen=True, slots=True)
class Step:
    """What happens `after` so many seconds: a worker takes the job, or it changes."""

    after: float
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class PastJob:
    """A past job: what was ordered, how long ago in minutes, and its outcome."""

    minutes_ago: float
    env_name: str
    steps: tuple[Step, ...]
    kind: str = CREATE
    title: str = ""
    nodes: tuple[tuple[str, int], ...] = (("nginxphp", 1),)
    by_operator: bool = False
    is_retry: bool = False
    metadata: dict[str, str] = field(default_factory=dict)


_CLAIM: Final = Step(0.4)


def _polls(kind: str = CREATE, after: float = 0.9) -> Step:
    return Step(after, Change(JobStatus.polling, _POLLING[kind]))


def _completes(after: float, kind: str = CREATE) -> Step:
    said = "The environment is running" if kind == CREATE else "The environment is gone"
    return Step(after, Change(JobStatus.completed, said))


def _fails(after: float, code: str, message: str) -> Step:
    return Step(after, Change(JobStatus.failed, message, error_code=code))


def _exceeds_quota(after: float) -> Step:
    told = "The provider refused: Your quota of environments is exceeded"
    return _fails(after, "quota_exceeded", told)


def _waits(after: float, message: str) -> Step:
    return Step(after, Change(JobStatus.queued, message, failed=True))


HISTORY: Final[Sequence[PastJob]] = (
    PastJob(
        1560,
        "shop",
        (_CLAIM, _polls(), _completes(9.2)),
        title="Web shop",
        nodes=(("nginxphp", 2),),
    ),
    PastJob(1490, "staging", (_CLAIM, _polls(), _completes(7.5)), title="Staging"),
    PastJob(
        1200,
        "warehouse",
        (
            _CLAIM,
            _exceeds_quota(1.1),
        ),
        title="Warehouse",
        nodes=(("nodejs", 4), ("postgresql", 1)),
    ),
    PastJob(
        1140,
        "warehouse",
        (
            _CLAIM,
            _exceeds_quota(0.8),
        ),
        title="Warehouse",
        nodes=(("nodejs", 4), ("postgresql", 1)),
        is_retry=True,
        by_operator=True,
    ),
    PastJob(
        960,
        "blog",
        (
            _CLAIM,
            _waits(2.0, "The provider is not available; another try follows"),
            Step(5.0),
            _polls(),
            _completes(11.8),
        ),
        title="Blog",
    ),
    PastJob(
        720,
        "reports",
        (
            _CLAIM,
            _polls(),
            _fails(14.0, "provider_broken", "The provider could not build the environment"),
        ),
        title="Reports",
        nodes=(("python", 1),),
        by_operator=True,
    ),
    PastJob(
        540,
        "preview",
        (Step(38.0, Change(JobStatus.cancelled, "Cancelled before any work was done")),),
        title="Preview",
    ),
    PastJob(480, "staging", (_CLAIM, _polls(DELETE), _completes(5.6, DELETE)), kind=DELETE),
    PastJob(
        300,
        "campaign",
        (
            _CLAIM,
            _polls(),
            Step(6.0, Change(JobStatus.cancelled, "Cancelled; what was begun is removed")),
        ),
        title="Campaign",
        by_operator=True,
    ),
    PastJob(
        180,
        "blog",
        (
            _CLAIM,
            _polls(DELETE),
            _fails(60.0, "provider_timeout", "The provider did not answer in time"),
        ),
        kind=DELETE,
    ),
    PastJob(
        95,
        "api",
        (_CLAIM, _polls(), _completes(8.4)),
        title="Public API",
        nodes=(("nodejs", 2), ("redis", 1)),
        by_operator=True,
        metadata={"project": "api", "tier": "gold"},
    ),
    PastJob(
        40,
        "archive",
        (
            _CLAIM,
            _fails(0.7, "invalid_spec", "The provider refused: invalid value of parameter [nodes]"),
        ),
        title="Archive",
        nodes=(("docker", 1),),
    ),
)
"""The oldest first; three environments are left: shop, blog and api."""
