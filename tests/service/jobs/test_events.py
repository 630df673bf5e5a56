"""A job's events and a team's activity as lists, with the positions at which a stream goes on."""

from sqlalchemy import delete

from backbone.database.engine import transaction
from backbone.database.tables import events
from backbone.events.append import append
from generated.models.event import SessionRevokedEvent
from tests.service.jobs.test_api import order
from tests.service.world import World

JOBS = "/api/v1/jobs"
ACTIVITY = "/api/v1/activity"


async def test_a_jobs_events_are_told_in_order_with_their_positions(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        first = await order(http, "shop-1")
        second = await order(http, "shop-2")
        world.clock.now += 1.25
        await http.post(f"{JOBS}/{first}/cancel")
        page = (await http.get(f"{JOBS}/{first}/events")).json()
        assert page["last_event_id"] == "epoch7.3"
        assert page["next_cursor"] is None
        assert page["complete"] is True
        assert [item["id"] for item in page["items"]] == ["epoch7.1", "epoch7.3"]
        assert [item["event"]["status"] for item in page["items"]] == ["queued", "cancelled"]
        assert {item["event"]["job_id"] for item in page["items"]} == {first}
        times = [item["recorded_at_ms"] for item in page["items"]]
        assert times[1] - times[0] in {1249, 1250, 1251}
        one = (await http.get(f"{JOBS}/{first}/events", params={"limit": 1})).json()
        cursor = one["next_cursor"]
        rest = (await http.get(f"{JOBS}/{first}/events", params={"cursor": cursor})).json()
        assert one["items"] + rest["items"] == page["items"]
        assert rest["next_cursor"] is None
        assert (await http.get(f"{JOBS}/{second + 1000}/events")).status_code == 404


async def test_what_was_trimmed_is_told(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        job_id = await order(http, "shop-1")
        world.clock.now += 60
        await http.post(f"{JOBS}/{job_id}/cancel")
        async with transaction(world.engine) as conn:
            await conn.execute(delete(events).where(events.c.position == 1))
        page = (await http.get(f"{JOBS}/{job_id}/events")).json()
        assert [item["event"]["status"] for item in page["items"]] == ["cancelled"]
        assert page["complete"] is False
        async with transaction(world.engine) as conn:
            await conn.execute(delete(events))
        page = (await http.get(f"{JOBS}/{job_id}/events")).json()
        assert (page["items"], page["complete"]) == ([], False)


async def test_activity_is_of_the_team_and_of_the_own_account_only(world: World) -> None:
    await world.team(8)
    async with world.client(await world.member(8)) as http:
        await order(http, "theirs")
    async with world.client(await world.member(7)) as http:
        await order(http, "ours")
        for user_id in (701, 702):
            revoked = SessionRevokedEvent(
                type="session_revoked", team_id=7, user_id=user_id, message="Out", occurred_at=1
            )
            async with transaction(world.engine) as conn:
                await append(conn, 7, revoked)
        page = (await http.get(ACTIVITY)).json()
        assert page["last_event_id"] == "epoch7.3"
        assert [item["id"] for item in page["items"]] == ["epoch7.2", "epoch7.1"]
        assert page["complete"] is True
        one = (await http.get(ACTIVITY, params={"limit": 1})).json()
        assert [item["id"] for item in one["items"]] == ["epoch7.2"]
        rest = (await http.get(ACTIVITY, params={"cursor": one["next_cursor"]})).json()
        assert [item["id"] for item in rest["items"]] == ["epoch7.1"]
        forged = await http.get(ACTIVITY, params={"cursor": "x"})
        assert forged.json()["errors"][0]["pointer"] == "/query/cursor"


async def test_a_position_joins_get_and_stream_without_a_hole(world: World) -> None:
    """What a page has not, is behind its position: nothing is both or neither."""
    async with world.client(await world.member(7)) as http:
        for number in range(3):
            job_id = await order(http, f"shop-{number}")
            page = (await http.get(ACTIVITY)).json()
            shown = (await http.get(f"{JOBS}/{job_id}")).json()
            listed = (await http.get(JOBS)).json()
            last = page["items"][0]["id"]
            assert page["last_event_id"] == last
            assert shown["last_event_id"] == listed["last_event_id"] == last
