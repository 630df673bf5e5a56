"""What the broker brings: what is believed, what is asked of the log, what moves nothing."""

import asyncio
import json
from contextlib import suppress
from typing import Any

import pytest

from backbone.cipher import new_key
from backbone.events.signature import EventSignatures
from gateway.incoming.consumer import CONNECT_TIMEOUT, Consumer, _mend
from generated.messaging.contract import ContractError
from generated.messaging.gateway import read_receive_auth_event, read_receive_job_status
from generated.messaging.topology import Topology
from tests.gateway.event_source import EventSource
from tests.gateway.memory_log import Written
from tests.gateway.world import World, turns, virtual

KEY = new_key()


class Raw:
    content_type = "application/json"
    content_encoding = None
    correlation_id = message_id = type = None
    exchange = "events.topic"
    redelivered = False

    def __init__(self, key: str, body: bytes, headers: dict[str, Any]) -> None:
        self.routing_key, self.body, self.headers = key, body, headers


class Setting:
    def __init__(self, *keys: str) -> None:
        self.world = World()
        self.relay = EventSignatures([KEY])
        self.consumer = Consumer(
            "amqp://nowhere",
            Topology.default(),
            self.world.hub,
            signatures=EventSignatures(keys or [KEY]),
            instance="test",
            prefetch=1,
            on_change=lambda: None,
        )

    async def bring(
        self,
        body: dict[str, Any],
        event_id: str | None = None,
        signature: str | None = None,
        **more: str,
    ) -> None:
        """Take a message as the generated subscriber does."""
        headers = {"x-event-id": event_id, "x-event-signature": signature, **more}
        headers = {name: value for name, value in headers.items() if value is not None}
        text = json.dumps(body).encode()
        if body["type"] == "job_status":
            key = f"team.{body['team_id']}.job.{body['job_id']}.status"
            raw = Raw(key, text, headers)
            await self.consumer.receive_job_status(*read_receive_job_status(raw))
        else:
            key = f"team.{body['team_id']}.user.{body['user_id']}.auth.{body['type']}"
            raw = Raw(key, text, headers)
            await self.consumer.receive_auth_event(*read_receive_auth_event(raw))
        await turns()

    async def bring_signed(self, written: Written, body: dict[str, Any], **more: str) -> None:
        event_id = f"{written.epoch}.{written.position}"
        signature = self.relay.sign(event_id, json.dumps(body).encode())
        await self.bring(body, event_id, signature, **more)


def test_who_publishes_as_the_former_system_is_told_what_to_add():
    """Its bodies have no `type`; the channel would not tell a program that reads the stream."""
    body = job_status()
    del body["type"]
    raw = Raw("team.7.job.1.status", json.dumps(body).encode(), {})
    with pytest.raises(ContractError) as refused:
        read_receive_job_status(raw)
    assert (refused.value.rule, refused.value.pointer) == ("missing", "/type")
    assert '"type": "job_status"' in (_mend(refused.value) or "")
    assert _mend(ContractError("missing", "/status", "")) is None


def job_status(**changes: Any) -> dict[str, Any]:
    return {
        "type": "job_status",
        "job_id": 1,
        "team_id": 7,
        "status": "polling",
        "message": "m",
        "env_name": "e",
        "occurred_at": 1,
    } | changes


def suspended(**changes: Any) -> dict[str, Any]:
    return {
        "type": "team_status_changed",
        "team_id": 7,
        "user_id": 1,
        "status": "SUSPENDED",
        "message": "m",
        "occurred_at": 1,
    } | changes


def told(source: EventSource) -> list[tuple[str, str]]:
    return [(d.last_event_id, d.json["message"]) for d in source.frames("message")]


@virtual
async def test_what_the_relay_signed_is_told_without_asking_the_log() -> None:
    setting, source = Setting(), EventSource()
    await setting.world.listen(source)
    reads = len(setting.world.log.reads)
    await setting.bring_signed(setting.world.log.append(7), job_status(message="signed", new=1))
    assert told(source) == [("e1.1", "signed")]
    assert source.frames("message")[0].json["new"] == 1  # the log's events evolve
    assert len(setting.world.log.reads) == reads


@virtual
@pytest.mark.parametrize("signature", [None, "forged"])
async def test_a_forged_event_is_never_told_and_hides_none(signature: str | None) -> None:
    setting, source = Setting(), EventSource()
    sink = await setting.world.listen(source, job_id=1)
    for position in range(1, 4):
        forged = job_status(message="forged", status="completed")
        await setting.bring(forged, f"e1.{position}", signature)
        await setting.bring(forged, f"e9.{position}", signature)
    assert told(source) == []
    assert not sink.finished
    assert setting.world.metrics.messages_unsigned_total == 6
    for number in range(3):
        await setting.bring_signed(setting.world.log.append(7), job_status(message=str(number)))
    assert told(source) == [("e1.1", "0"), ("e1.2", "1"), ("e1.3", "2")]


@virtual
async def test_an_unsigned_event_is_told_once_the_log_confirms_it() -> None:
    setting, source = Setting(new_key()), EventSource()  # relay and gateway have different keys
    await setting.world.listen(source)
    for number in range(3):
        written = setting.world.log.append(7)
        await setting.bring_signed(written, job_status(message=str(number)))
    # The log's text is told, whatever the message said.
    bodies = [event.body for event in setting.world.log.team(7).events]
    await turns(200)
    await asyncio.sleep(1)
    assert [d.data.encode() for d in source.frames("message")] == bodies


@virtual
async def test_unsigned_events_cost_few_readings() -> None:
    setting = Setting()
    await setting.world.listen()
    reads = len(setting.world.log.reads)
    for position in range(200):
        await setting.bring(job_status(), f"e1.{position + 1}")
    assert len(setting.world.log.reads) - reads <= 3


@virtual
async def test_another_programs_event_is_told_live_without_an_id_and_ends_nothing() -> None:
    setting, source = Setting(), EventSource()
    sink = await setting.world.listen(source, job_id=1)
    setting.world.tell()
    await setting.bring(job_status(status="completed", message="theirs", secret="x" * 1000))
    last = source.frames("message")[-1]
    assert last.last_event_id == "e1.1"  # the cursor stays
    assert last.json == job_status(status="completed", message="theirs")  # and only what is known
    assert not sink.finished
    assert setting.world.hub.teams[7].position == 1


@virtual
async def test_only_the_logs_events_have_access_looked_at() -> None:
    setting = Setting()
    sink = await setting.world.listen()
    await setting.bring(suspended())
    await setting.bring(suspended(), "e1.1", "forged")
    assert setting.world.accesses == 0
    assert not sink.finished
    written = setting.world.log.append(7, kind="team_status_changed", user_id=1, status="SUSPENDED")
    await setting.bring_signed(written, suspended())
    assert setting.world.accesses == 1
    assert not sink.finished  # the database decides


@virtual
async def test_an_event_that_comes_while_the_team_is_located_is_not_forgotten() -> None:
    setting, source = Setting(), EventSource()
    connecting = asyncio.create_task(setting.world.listen(source))
    await turns(3)  # the head is being read: its answer will be older than the event
    assert not setting.world.hub.teams[7].located
    setting.world.log.append(7)
    await setting.bring(job_status(), "e1.1")
    await connecting
    await asyncio.sleep(1)
    sync = source.frames("sync")[0].json
    assert [sync["to"], *(d.last_event_id for d in source.frames("message"))][-1] == "e1.1"


@virtual
async def test_a_reading_that_began_before_an_unsigned_event_is_not_taken_for_its_answer() -> None:
    setting, source = Setting(), EventSource()
    setting.world.log.turns = 5
    await setting.world.listen(source)
    team = setting.world.hub.teams[7]
    setting.world.hub.catch_up.start(team)
    await turns(8)  # it has read, and its answer is on its way
    setting.world.log.append(7)
    await setting.bring(job_status(), "e1.1")
    await asyncio.sleep(1)
    assert [d.last_event_id for d in source.frames("message")] == ["e1.1"]


@virtual
async def test_a_broker_that_is_slower_than_an_attempt_is_reached_in_the_end(monkeypatch):
    """Each attempt makes a slow broker slower, so they must not go on running out of time."""
    consumer = Setting().consumer
    attempts = 0

    async def connect(*_: object) -> None:
        nonlocal attempts
        attempts += 1
        await asyncio.sleep(CONNECT_TIMEOUT * 3)

    monkeypatch.setattr(consumer, "_connect", connect)
    running = asyncio.create_task(consumer.run())
    async with asyncio.timeout(CONNECT_TIMEOUT * 10):
        while not consumer.connected:
            await asyncio.sleep(1)
    assert attempts == 3, "the third may take four times as long as the first"
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
