"""A stranger with the broker's password: it can neither show the log's events, nor hide, nor end them."""

import asyncio
import json

import aio_pika

from gateway.outgoing.entry import TERMINAL
from tests.backbone.rows import make_team
from tests.integration.gateway_world import (
    gateway,
    ids,
    make_job,
    make_member,
    relay,
    sign_in,
    tell,
)

EVENT = {
    "type": "job_status",
    "job_id": 42,
    "team_id": 7,
    "status": "polling",
    "message": "forged",
    "env_name": "x",
    "occurred_at": 1,
}
SUSPENDED = {
    "type": "team_status_changed",
    "team_id": 7,
    "user_id": 3,
    "status": "SUSPENDED",
    "message": "forged",
    "occurred_at": 1,
}


class Stranger:
    """Publishes whatever it likes, and waits until the gateway has taken it."""

    def __init__(self, world, channel: aio_pika.abc.AbstractChannel) -> None:
        self._metrics = world.gateway.metrics
        self._channel = channel

    async def publish(self, body: dict, **headers: str) -> None:
        exchange = await self._channel.get_exchange("events.topic")
        key = f"team.7.job.{body.get('job_id')}.status"
        if body["type"] != "job_status":
            key = f"team.7.user.{body['user_id']}.auth.{body['type']}"
        before = self._taken()
        message = aio_pika.Message(
            json.dumps(body).encode(), content_type="application/json", headers=dict(headers)
        )
        await exchange.publish(message, routing_key=key)
        async with asyncio.timeout(30):
            while self._taken() == before:
                await asyncio.sleep(0.005)

    def _taken(self) -> int:
        return self._metrics.messages_consumed_total + self._metrics.messages_refused_total


async def test_forged_events_show_hide_and_end_nothing(engine, amqp_url) -> None:
    await make_team(engine)
    await make_member(engine)
    await make_job(engine, "polling")
    token = await sign_in(engine)
    connection = await aio_pika.connect(amqp_url)
    async with gateway(engine, amqp_url) as world, connection:
        await world.pushed()
        stranger = Stranger(world, await connection.channel())
        team, job = await world.stream(token), await world.stream(token, "?job_id=42")
        (first,) = await tell(engine)
        epoch = first.partition(".")[0]
        for position in range(1, 6):
            for status in ("polling", *sorted(TERMINAL)):
                await stranger.publish(
                    {**EVENT, "status": status}, **{"x-event-id": f"{epoch}.{position}"}
                )
        await stranger.publish(SUSPENDED)
        await stranger.publish(SUSPENDED, **{"x-event-id": f"{epoch}.2"})
        # It may speak as any program may: live, without a place in the log, in the contract's words.
        await stranger.publish({**EVENT, "status": "completed"})
        # Larger than the contract allows: nobody reads it.
        refused = world.gateway.metrics.messages_refused_total
        await stranger.publish({**EVENT, "message": "large", "padding": "x" * 5_000_000})
        assert world.gateway.metrics.messages_refused_total == refused + 1
        await job.until(
            lambda: any(d.json["message"] == "forged" for d in job.source.frames("message"))
        )
        async with relay(engine, amqp_url):
            told = [first, *await tell(engine, 4)]
            for reader in (team, job):
                await reader.until(lambda: ids(reader)[-1:] == told[-1:])  # noqa: B023 - awaited here
                seen = reader.source.frames("message")
                shown = [d for d in seen if d.json["message"] != "forged"]
                assert [d.last_event_id for d in shown] == told
                assert max(len(d.data) for d in seen) < 4096
                assert not reader.closed
