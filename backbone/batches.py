"""The pace of work that may take long and must not be felt: small batches, and pauses between."""

import asyncio
import time
from collections.abc import Awaitable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import is_postgresql
from backbone.supervisor import progress

LARGEST_SHARE = 0.01
"""Of the time, that a look may take which reads all that waits."""

T = TypeVar("T")

LONGEST_PAUSE_SECONDS = 1.0


def batch_size(engine: AsyncEngine) -> int:
    """Return how many rows to change at once: SQLite has one writer at a time, others wait."""
    return 500 if is_postgresql(engine) else 100


async def paced(step: Awaitable[T]) -> T:
    """Do a batch, then leave the database to others for as long as it took."""
    began = time.monotonic()
    result = await step
    progress()
    await asyncio.sleep(min(time.monotonic() - began, LONGEST_PAUSE_SECONDS))
    return result


def pause_after(took: float, interval: float) -> float:
    """Return how long to wait after a look that took so long: `interval` seconds, or longer.

    What reads all that waits takes longer, the more waits; it has a small share of the time anyway.
    """
    return max(interval, took / LARGEST_SHARE - took)
