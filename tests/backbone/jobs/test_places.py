"""Where jobs stand that nobody has begun: in the order of the orders, account by account."""

import pytest
from sqlalchemy import update

from backbone.database.engine import reading, transaction
from backbone.database.tables import teams
from backbone.jobs.places import (
    COUNTED,
    QueuePlaces,
    QueuePosition,
    UnstartedJob,
    behind,
    places,
    unbegun,
)
from tests.backbone.jobs.database import NOW, Database


def waits(job_id: int, account: str | None = None) -> UnstartedJob:
    return UnstartedJob(job_id, account, postponed=False)


def postponed(job_id: int, account: str | None = None) -> UnstartedJob:
    return UnstartedJob(job_id, account, postponed=True)


def test_what_waits_for_a_worker_is_one_queue() -> None:
    assert places([waits(5), waits(3, "a"), waits(4, "b")]) == {
        5: QueuePosition(1, 3),
        3: QueuePosition(2, 3),
        4: QueuePosition(3, 3),
    }


def test_who_waits_for_an_account_stands_in_nobody_elses_way() -> None:
    found = places(
        [postponed(1, "a"), postponed(2, "a"), waits(3, "b"), postponed(4, "a"), waits(5, "a")]
    )
    assert found == {
        1: QueuePosition(1, 5),
        2: QueuePosition(2, 5),
        # Of the other account there is nothing before it, and one more after it.
        3: QueuePosition(1, 2),
        4: QueuePosition(4, 5),
        5: QueuePosition(5, 5),
    }


@pytest.mark.parametrize(
    ("counted", "least"),
    [
        ([waits(1), waits(2)], QueuePosition(3)),
        # Whose account it is isn't known, so only what stands before everybody counts.
        ([postponed(1, "a"), waits(2)], QueuePosition(2)),
        ([postponed(1, "a"), postponed(2, "a")], None),
    ],
)
def test_of_what_is_not_counted_the_least_is_told(
    counted: list[UnstartedJob], least: QueuePosition | None
) -> None:
    assert behind(counted) == least


async def test_only_what_nobody_has_begun_is_read(database: Database) -> None:
    await database.order(1, created_at=NOW + 2)
    await database.order(2, created_at=NOW + 1, run_at=None)
    await database.order(3, created_at=NOW, run_at=NOW + 30)
    await database.order(4, attempt=1, run_at=NOW + 30)
    await database.order(5, attempt=1, status="started", lease_until=NOW + 30)
    await database.order(6, attempt=1, status="polling", poll_at=NOW + 30)
    await database.order(7, status="cancelled", ended_at=NOW)
    async with transaction(database.engine) as conn:
        await conn.execute(update(teams).where(teams.c.id == 7).values(provider_login="a"))
    async with reading(database.engine) as conn:
        found = await unbegun(conn, NOW + 2)
    assert found == [postponed(3, "a"), waits(2, "a"), waits(1, "a")]


async def test_it_is_read_once_in_a_while_for_all_who_ask(database: Database) -> None:
    now = 0.0
    queue = QueuePlaces(database.engine, clock=lambda: now, now=lambda: NOW)
    await database.order(1)
    assert await queue.of(1) == QueuePosition(1, 1)
    await database.order(2)
    assert await queue.of(2) is None, "ordered just now"
    now = 2.0
    assert (await queue.of(1), await queue.of(2)) == (QueuePosition(1, 2), QueuePosition(2, 2))
    await database.change(1, status="started", attempt=1, lease_until=NOW + 30)
    now = 4.0
    assert (await queue.of(1), await queue.of(2)) == (None, QueuePosition(1, 1))


async def test_a_long_queue_is_not_read_to_its_end(database: Database) -> None:
    queue = QueuePlaces(database.engine, now=lambda: NOW)
    for job_id in range(1, COUNTED + 3):
        await database.order(job_id)
    assert await queue.of(1) == QueuePosition(1, COUNTED)
    assert await queue.of(COUNTED) == QueuePosition(COUNTED, COUNTED)
    assert await queue.of(COUNTED + 2) == QueuePosition(COUNTED + 1)
