"""Which part of the outbox a relay works on: the whole, or some teams and some of the jobs.

A row's bucket follows from the row alone: its team, or its own number when no order is to be kept.
Buckets are fixed, so the number of partitions can be changed; a partition is a share of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from backbone.database.concurrent_indexes import Indexes

LEASE: Final = "relay"
"""The name of the lease whose holder works on the outbox: one relay, or those of one number of
partitions."""

BUCKETS: Final = 16
BUCKET: Final = f"(COALESCE(team_id, id) % {BUCKETS})"
"""A row's bucket, as SQL."""

INDEXES: Final[Indexes] = {"ix_outbox_bucket_id": ("outbox", [BUCKET, "id"], "not_before IS NULL")}
"""What reading a partition needs; only installations with several have it."""


@dataclass(frozen=True, slots=True)
class Partition:
    """The partition `number` (from 0) of `of`, which divides BUCKETS."""

    number: int = 0
    of: int = 1

    @property
    def lease(self) -> str:
        """The name of the lease whose holder works on it."""
        return LEASE if self.of == 1 else f"{LEASE}-{self.number}-of-{self.of}"

    @property
    def buckets(self) -> list[int]:
        """The buckets of its rows."""
        return list(range(self.number, BUCKETS, self.of))


WHOLE: Final = Partition()


def partitions(of: int) -> Iterator[Partition]:
    """Return the partitions that together are the outbox."""
    return (Partition(number, of) for number in range(of))
