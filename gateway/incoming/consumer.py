"""Takes events from the broker and hands them to the hub; one connection's life at a time.

The queue is exclusive to this gateway and goes with its connection. After each loss everything is
made anew, the queue under a fresh name (the broker may hold the old one for a while), and then the
log is compared: bound first, read then, so that no event falls between.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import structlog
from opentelemetry import trace

from backbone.events.position import RECORDED_AT_HEADER
from backbone.telemetry import redact
from backbone.topology.declare import declare_topology, part
from backbone.tracing.context import TRACEPARENT
from gateway.incoming.bindings import ANY_TEAM, TeamBindings, team_key
from gateway.incoming.broker import make_broker, stop_broker
from gateway.incoming.dead_letters import DeadLetterWriter
from gateway.incoming.queue_binder import QueueBinder
from gateway.incoming.spans import offer_traced
from gateway.outgoing.entry import Entry
from generated.messaging.gateway import build_gateway_subscriber

if TYPE_CHECKING:
    from collections.abc import Callable

    from faststream.rabbit import RabbitBroker
    from pydantic import BaseModel

    from backbone.events.signature import EventSignatures
    from gateway.listening.hub import Hub
    from gateway.listening.team import Team
    from generated.messaging.contract import ContractError
    from generated.messaging.gateway import AuthEventDelivery, JobStatusDelivery
    from generated.messaging.runtime.delivery import RawMessage
    from generated.messaging.runtime.frames import DirectTransport
    from generated.messaging.topology import Topology
    from generated.models.event import (
        ConcurrentLoginAnsweredEvent,
        ConcurrentLoginRequestedEvent,
        JobStatusEvent,
        SessionRevokedEvent,
        TeamStatusChangedEvent,
    )

QUEUE = "events.sse"
"""The contract's name of each gateway's own queue."""

EXCHANGE = "events.topic"
"""The contract's name of the exchange that it is bound to."""

SMOKE_TEAM = 0
"""The team of the smoke event, which every gateway takes."""

CONNECT_TIMEOUT = 10.0
LONGEST_CONNECT = 60.0
"""Seconds for an attempt; one that ran out of time lets the next take twice as long."""
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0

log = structlog.get_logger(__name__)
tracer = trace.get_tracer("slipway.gateway")


class Consumer:
    """The contract's `GatewayHandlers` and the connection behind them.

    `on_change` is called after each connect, when the queue is bound, after each loss, and when a
    team was bound late. Up to `team_bindings` teams only the events of those that are listened to
    are taken, unless the topology has a binding key of its own.
    """

    def __init__(
        self,
        url: str,
        topology: Topology,
        hub: Hub,
        *,
        signatures: EventSignatures,
        instance: str,
        prefetch: int,
        on_change: Callable[[], None],
        team_bindings: int = 0,
    ) -> None:
        self._url = url
        self._topology = topology
        self._hub = hub
        self._signatures = signatures
        self._instance = instance
        self._prefetch = prefetch
        self._on_change = on_change
        self._keys = [each.routing_key for each in topology.bindings if each.queue == QUEUE]
        self._bindings: TeamBindings | None = None
        plain = all(
            key.startswith(ANY_TEAM) and topology.routing_key(key) == key for key in self._keys
        )
        if team_bindings and plain:
            self._bindings = hub.feed = TeamBindings(
                self._keys, hub.metrics, most=team_bindings, on_late=on_change
            )
        self._dead_letters = DeadLetterWriter(topology, time.monotonic)
        self._lives = 0
        self._lost = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether events are pushed."""
        return bool(self._hub.metrics.broker_connected)

    def restart(self) -> None:
        """Give up the connection and make a new one."""
        self._lost.set()

    async def run(self) -> None:
        """Connect, stay connected, connect again; until cancelled."""
        metrics = self._hub.metrics
        pause, allowed = FIRST_PAUSE, CONNECT_TIMEOUT
        while True:
            self._lost = asyncio.Event()
            metrics.connection_attempts_total += 1
            broker, transport = make_broker(self._url, prefetch=self._prefetch, closed=self._lost)
            try:
                # An exception's text may repeat the URL and its password.
                with tracer.start_as_current_span(
                    "sse.broker.connect", record_exception=False, set_status_on_exception=False
                ):
                    async with asyncio.timeout(allowed):
                        binder = await self._connect(broker, transport, self._lost)
                metrics.broker_connected = 1
                pause, allowed = FIRST_PAUSE, CONNECT_TIMEOUT
                log.info("gateway_broker_connected", instance=self._instance)
                self._on_change()
                await self._stay(binder, self._lost)
                metrics.last_error = "the connection was lost"
            except Exception as error:  # noqa: BLE001 - whatever a broker answers, we try again
                metrics.last_error = _told(error)
                if isinstance(error, TimeoutError):
                    allowed = min(allowed * 2, LONGEST_CONNECT)
            finally:
                was_connected, metrics.broker_connected = metrics.broker_connected, 0
                self._dead_letters.lost()
                if self._bindings is not None:
                    self._bindings.end()
                await stop_broker(broker)
            metrics.connection_failures_total += 1
            log.warning("gateway_broker_unavailable", error=metrics.last_error, retry_in=pause)
            if was_connected:
                self._on_change()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _stay(self, binder: QueueBinder | None, lost: asyncio.Event) -> None:
        """Bind and unbind as teams come and go, until the connection is lost."""
        if self._bindings is None or binder is None:
            await lost.wait()
            return
        serving = asyncio.create_task(self._bindings.serve(binder))
        serving.add_done_callback(lambda _: lost.set())
        try:
            await lost.wait()
        finally:
            serving.cancel()
            await asyncio.wait({serving})
        if not serving.cancelled():
            serving.result()

    async def _connect(
        self, broker: RabbitBroker, transport: DirectTransport, lost: asyncio.Event
    ) -> QueueBinder | None:
        connection = await broker.connect()
        channel = await connection.channel()
        # The queues of jobs are for those who send and take jobs to declare.
        declared = await declare_topology(channel, part(self._topology, "events."))
        topology = declared.checked()
        await channel.close()
        self._lives += 1
        instance = f"{self._instance}-{self._lives}"
        queue = f"{topology.queue(QUEUE).name}.{instance}"
        subscription = build_gateway_subscriber(
            broker,
            self,
            instance=instance,
            topology=topology,
            binding_keys=None if self._bindings is None else self._first_keys(),
            on_error=lambda raw, error: self._refused(raw, error, queue),
        )
        self._dead_letters.connected(broker, connection)
        await subscription.start(broker, lost.set, transport)
        if self._bindings is None:
            return None
        binding = await (await connection.channel()).get_underlay_channel()
        binding.closing.add_done_callback(lambda _: lost.set())
        binder = QueueBinder(binding, queue, topology.exchange(EXCHANGE).name)
        await self._bindings.begin(binder)
        return binder

    def _first_keys(self) -> dict[str, str]:
        """Return the keys that the queue is bound under before any team's."""
        return dict.fromkeys(self._keys, team_key(SMOKE_TEAM))

    def _refused(self, raw: RawMessage, error: ContractError, queue: str) -> bool:
        if error.rule == "routing_key" and self._bindings is not None:
            # A team's binding is wider than the contract's keys: it is not meant for us.
            return False
        metrics = self._hub.metrics
        metrics.messages_refused_total += 1
        metrics.put_aside[QUEUE, error.rule] += 1
        log.warning(
            "gateway_message_refused",
            rule=error.rule,
            pointer=error.pointer,
            routing_key=raw.routing_key,
            mend=_mend(error),
        )
        return self._dead_letters.refused(raw, error, queue)

    async def receive_job_status(
        self, payload: JobStatusEvent, delivery: JobStatusDelivery
    ) -> None:
        """Relay a job's status (`GatewayHandlers`)."""
        self._hub.metrics.messages_consumed_total += 1
        team = self._hub.listened(payload.team_id)
        if team is not None and self._believed(team, delivery):
            body, event_id = _body(payload, delivery), delivery.event_id
            entry = Entry(payload.type, body, event_id, payload.status, payload.job_id)
            self._offer(team, entry, delivery)

    async def receive_auth_event(
        self,
        payload: ConcurrentLoginRequestedEvent
        | ConcurrentLoginAnsweredEvent
        | TeamStatusChangedEvent
        | SessionRevokedEvent,
        delivery: AuthEventDelivery,
    ) -> None:
        """Relay a change of access (`GatewayHandlers`)."""
        self._hub.metrics.messages_consumed_total += 1
        team = self._hub.listened(payload.team_id)
        if team is not None and self._believed(team, delivery):
            body, event_id = _body(payload, delivery), delivery.event_id
            status = getattr(payload, "status", None)
            entry = Entry(payload.type, body, event_id, status, user_id=payload.user_id)
            self._offer(team, entry, delivery)

    def _offer(
        self, team: Team, entry: Entry, delivery: JobStatusDelivery | AuthEventDelivery
    ) -> None:
        if TRACEPARENT in delivery.headers:
            offer_traced(self._hub, team, entry, delivery)
        else:
            self._hub.offer(team, entry)
        # By now it is written, or with what else comes in this turn of the loop.
        recorded_at = delivery.headers.get(RECORDED_AT_HEADER)
        if type(recorded_at) is int:
            self._hub.metrics.latency.observe(time.time() - recorded_at / 1000)

    def _believed(self, team: Team, delivery: JobStatusDelivery | AuthEventDelivery) -> bool:
        """Return whether an event may be relayed as it is: signed, or without a position."""
        event_id = delivery.event_id
        if event_id is None or self._signatures.verify(
            event_id, delivery.body, delivery.event_signature
        ):
            return True
        metrics = self._hub.metrics
        metrics.messages_unsigned_total += 1
        if metrics.messages_unsigned_total == 1:
            log.warning(
                "gateway_event_unsigned",
                event_id=event_id,
                detail="such events are read from the log; give SLIPWAY_EVENT_KEYS to the relay "
                "and to all gateways, unless somebody else publishes",
            )
        self._hub.doubt(team)
        return False


def _body(payload: BaseModel, delivery: JobStatusDelivery | AuthEventDelivery) -> bytes:
    """Return the log's text as it is, and of another program's event what the contract knows."""
    if delivery.event_id is not None:
        return delivery.body
    return payload.model_dump_json(include=set(type(payload).model_fields)).encode()


def _mend(error: ContractError) -> str | None:
    """Say what a publisher of the system that this one succeeds has to add."""
    if error.rule == "missing" and error.pointer == "/type":
        return 'add "type": "job_status" to the body, as specs/asyncapi.yaml has it'
    return None


def _told(error: Exception) -> str:
    """Say what went wrong, without a password that its text may repeat."""
    text = f"{type(error).__name__}: {error}"[:200].rstrip(": ")
    return str(redact(None, "", {"error": text})["error"])
