"""A partition: which rows are its own, and that partitions together are the outbox."""

import pytest
from sqlalchemy import func, select

from backbone import outbox as queue
from backbone.database.engine import reading, transaction
from backbone.database.tables import outbox
from backbone.events.append import append
from backbone.relay.partition import BUCKETS, WHOLE, partitions
from backbone.relay.queue import advance
from backbone.settings import load_settings
from tests.backbone.rows import creation, job_event, make_team


@pytest.mark.parametrize("of", [1, 2, 4, 8, 16])
def test_partitions_divide_the_buckets(of):
    each = list(partitions(of))
    assert sorted(bucket for one in each for bucket in one.buckets) == list(range(BUCKETS))
    assert len({one.lease for one in each}) == of


def test_one_partition_has_the_lease_that_relays_of_earlier_releases_ask_for():
    assert [one.lease for one in partitions(1)] == [WHOLE.lease] == ["relay"]


@pytest.mark.parametrize("wrong", ["0", "3", "32", "many"])
def test_their_number_is_a_power_of_two(wrong):
    assert load_settings({"RELAY_PARTITIONS": "4"}).relay_partitions == 4
    with pytest.raises(Exception, match="RELAY_PARTITIONS"):
        load_settings({"RELAY_PARTITIONS": wrong})


async def test_each_message_is_found_in_one_partition_and_a_teams_events_in_the_same(engine):
    async with transaction(engine) as conn:
        for _ in range(20):
            await queue.add(conn, creation().dispatch)
    for team in range(1, 9):
        await make_team(engine, team)
        async with transaction(engine) as conn:
            for number in range(3):
                await append(conn, team, job_event(team, number))
    found = [await advance(engine, (), 0.0, limit=100, partition=one) for one in partitions(4)]
    async with reading(engine) as conn:
        assert sum(map(len, found)) == await conn.scalar(select(func.count()).select_from(outbox))
    assert len({message.id for part in found for message in part}) == sum(map(len, found))
    for part in found:
        assert [message.id for message in part] == sorted(message.id for message in part)
    where = {
        message.team_id: number
        for number, part in enumerate(found)
        for message in part
        if message.team_id is not None
    }
    assert set(where) == set(range(1, 9))
    for team, number in where.items():
        assert sum(message.team_id == team for message in found[number]) == 3
