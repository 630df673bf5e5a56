"""What an error means to the job: try again later, or give up. Refuses to quote secrets.

| error                                         | decision                                        |
|-----------------------------------------------|------------------------------------------------|
| time-out, 5xx, busy                           | again, later                                   |
| name taken, quota, bad spec, broken, refused  | give up                                        |
| session expired, though signed in again once  | again, later: the next attempt signs in anew   |
| anything else                                 | again, later, as `internal_error`              |
"""

from __future__ import annotations

from dataclasses import dataclass

from backbone.jobs.job import Job
from worker.provisioning.interruption import GiveUp, TryAgain
from worker.virtuozzo.errors import (
    PermanentProviderError,
    ProviderBusyError,
    ProviderError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    SessionExpiredError,
)

INTERNAL_ERROR = "internal_error"

_TEXTS: dict[type[ProviderError], str] = {
    ProviderTimeoutError: "The provider did not answer in time",
    ProviderUnavailableError: "The provider is not available",
    ProviderBusyError: "The provider is busy with the environment",
    SessionExpiredError: "The provider ended the session",
}


@dataclass(frozen=True, slots=True)
class FailureDecision:
    """`again`: whether another attempt may help. `message` is for people, `code` for programs."""

    again: bool
    code: str
    message: str


def recorded(job: Job) -> FailureDecision | None:
    """Return the decision that this or an earlier attempt recorded, if any: it stands."""
    if job.failure_code is None:
        return None
    return FailureDecision(again=False, code=job.failure_code, message=job.failure_message or "")


def judge(error: Exception) -> FailureDecision:
    """Return the decision on an error that ended a flow."""
    if isinstance(error, TryAgain | GiveUp):
        again = isinstance(error, TryAgain)
        return FailureDecision(again=again, code=error.code, message=error.message)
    if isinstance(error, PermanentProviderError):
        # The provider's own words say best what is wrong with the order; they hold no secret.
        return FailureDecision(
            again=False, code=error.code, message=f"The provider refused: {error}"
        )
    if isinstance(error, ProviderError):
        text = _TEXTS.get(type(error), "The provider failed")
        return FailureDecision(again=True, code=error.code, message=text)
    return FailureDecision(
        again=True, code=INTERNAL_ERROR, message="The worker met an unexpected error"
    )
