"""The life of a job, as a pure table; refuses to know databases, clocks and providers.

              ┌──────────── retry, hand-back ───────────┐
              ▼                                         │
    ┌──▶ queued ──── claim ───▶ started ──────────▶ polling ◀─┐ claim again
    │       │                    │  ▲  │               │   │   │ (lease ran out)
    │       │                    │  └──┘ claim again   │   └───┘
    │       ▼                    ▼                     ▼
    │    cancelled, failed    completed, failed, cancelled
    └ ordered

- `queued`: recorded, and due at `run_at`. A retry is queued again, with a later `run_at`.
- `started`: a worker holds the lease and looks, or creates.
- `polling`: the provider accepted the work; the worker waits for its end. Never back to `started`.
- `completed`, `failed`, `cancelled`: terminal. Nothing leads out of them.

Besides the status a job has an `attempt`, raised by every claim: it is the fence, a write that
carries an older one does nothing. And it has `failures`, the budget: errors worth a retry, and
leases that ran out. Handing a long job from one delivery to the next costs none.

A job that will fail, but may have left something at the provider, is marked first: it keeps its
status, and `failure_code` says how it ends. From then on it is only removed, never gone on with,
also when it is queued again because the provider would not let it be removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from backbone.job_status import TERMINAL
from generated.models.job import JobStatus

INITIAL: Final = JobStatus.queued

AT_WORK: Final = frozenset({JobStatus.started, JobStatus.polling})
"""The statuses in which a lease tells who works on the job."""

NEXT: Final[Mapping[JobStatus, frozenset[JobStatus]]] = MappingProxyType(
    {
        JobStatus.queued: frozenset({JobStatus.started, JobStatus.failed, JobStatus.cancelled}),
        JobStatus.started: frozenset(
            {JobStatus.queued, JobStatus.started, JobStatus.polling, *TERMINAL}
        ),
        JobStatus.polling: frozenset({JobStatus.queued, JobStatus.polling, *TERMINAL}),
        **{status: frozenset[JobStatus]() for status in TERMINAL},
    }
)
"""What may follow each status."""


class IllegalTransitionError(ValueError):
    """Somebody asked for a step that the table does not have: a mistake in the program."""


def check(before: JobStatus, after: JobStatus) -> None:
    """Raise IllegalTransitionError unless `after` may follow `before`."""
    if after not in NEXT[before]:
        raise IllegalTransitionError(f"a job that is {before} can't become {after}")


def sources(after: JobStatus) -> frozenset[JobStatus]:
    """Return the statuses that `after` may follow: the WHERE of the UPDATE that writes it."""
    return frozenset(before for before, nexts in NEXT.items() if after in nexts)


def when_claimed(before: JobStatus) -> JobStatus:
    """Return the status of a job after a claim: a job that is polling goes on polling."""
    after = JobStatus.polling if before is JobStatus.polling else JobStatus.started
    check(before, after)
    return after
