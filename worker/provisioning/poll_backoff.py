"""How a flow waits for the provider: longer each round, and forgiving about single errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog

from worker.provisioning.attempt import Attempt
from worker.virtuozzo.errors import RetryableProviderError

TOLERATED: Final = 3
"""Retryable errors in a row that cost no attempt while polling."""

log = structlog.get_logger(__name__)


class PollBackoff:
    """The rounds of one polling loop."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._rounds = 0
        self._errors = 0

    async def wait(self) -> None:
        """Let the time of one round pass."""
        await self._attempt.pause(self._attempt.limits.poll_delay(self._rounds))
        self._rounds += 1

    @contextmanager
    def with_errors(self) -> Iterator[None]:
        """Swallow a retryable error of one poll, unless there were too many in a row."""
        try:
            yield
        except RetryableProviderError as error:
            self._errors += 1
            if self._errors > TOLERATED:
                raise
            log.info("poll_failed", code=error.code, in_a_row=self._errors)
        else:
            self._errors = 0
