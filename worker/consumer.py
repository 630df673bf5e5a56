"""Celery's consumer, made safe: what it would drop goes to the dead-letter queue with the reason.

By default Celery acknowledges messages that it can't decode, rejects unknown tasks, executes tasks
of its own (`celery.map`) for anybody, and lets some malformed messages end the worker.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from celery.worker.consumer import Consumer
from kombu.message import Message

from generated.messaging.contract import ContractError
from generated.tasks.runtime import dead_letter
from generated.tasks.worker import WORKER_TASKS
from worker.deliveries import check
from worker.job_app import JobApp

log = structlog.get_logger(__name__)
celery_log = logging.getLogger(__name__)

DEAD: Final = "jobs.dead"
"""The contract's name of the dead-letter exchange of jobs, and of its queue."""

CONFIRM_SECONDS: Final = 5.0
"""How long the broker may take for a dead letter, for which jobs wait. It takes none while it is
blocked (its memory or disk is short), and then it is asked again after PAUSE_SECONDS only."""
PAUSE_SECONDS: Final = 30.0

RETURN_SECONDS: Final = 1.0
"""The pause before a message that can't be put aside goes back, so that it does not spin."""


class JobConsumer(Consumer):
    """Set as `worker_consumer` of a JobApp."""

    app: JobApp
    strategies: dict[str, Any]
    connection_errors: tuple[type[Exception], ...]
    channel_errors: tuple[type[Exception], ...]
    connection: Any
    task_consumer: Any
    _publishes_from: float = 0.0
    """When, on the monotonic clock, a broker that took no dead letter is asked again."""

    # Celery's, without the queues for delays that it makes beside quorum queues.
    Blueprint = type(
        "Blueprint",
        (Consumer.Blueprint,),
        {
            "default_steps": [
                step for step in Consumer.Blueprint.default_steps if "DelayedDelivery" not in step
            ]
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Gossip and mingle are talk between workers, and nobody here listens to it. Heartbeats are
        # for who watches from outside.
        quiet = {f"without_{talk}": True for talk in ("gossip", "mingle", "heartbeat")}
        if kwargs["app"].conf.worker_enable_remote_control:
            del quiet["without_heartbeat"]
        super().__init__(*args, **{**kwargs, **quiet})

    def connect(self) -> Any:
        """Connect as Celery does, then declares: a queue that differs must be told by name."""
        connection = super().connect()
        declared = self.app.broker_topology
        declared.declare(self.app.conf.broker_url)
        for name, queue in self.app.amqp.queues.items():
            queue.queue_arguments = declared.arguments_of(name)
        return connection

    def update_strategies(self) -> None:
        """Leaves only the contract's tasks: what Celery brings along is for nobody to call."""
        super().update_strategies()
        for name in self.strategies.keys() - WORKER_TASKS:
            del self.strategies[name]

    def create_task_handler(self, *args: Any, **kwargs: Any) -> Callable[[Message], None]:
        """Check each delivery before Celery sees it, and catches what still goes wrong there."""
        handle = super().create_task_handler(*args, **kwargs)

        def on_task_received(message: Message) -> None:
            came_with = message.headers
            try:
                message.headers = check(
                    headers=message.headers,
                    content_type=message.content_type,
                    content_encoding=message.content_encoding,
                    body=message.body or b"",
                    tasks=self.strategies,
                    now=time.time(),
                )
            except ContractError as error:
                self.dead_letter(message, error)
                return
            try:
                handle(message)
            except (*self.connection_errors, *self.channel_errors):
                raise
            except Exception as error:  # a message must not end the worker
                if message.acknowledged:
                    raise
                log.exception("delivery_not_understood")
                message.headers = came_with
                self.dead_letter(message, _refused("malformed_message", type(error).__name__))

        return on_task_received

    def on_decode_error(self, message: Message, exc: Exception) -> None:
        """Instead of acknowledging what can't be decoded."""
        self.dead_letter(
            message, _refused("malformed_body", f"not decodable ({type(exc).__name__})")
        )

    def on_unknown_message(self, _body: object, message: Message) -> None:
        """Instead of discarding what is no task."""
        self.dead_letter(message, _refused("not_a_task", "this is no Celery task"))

    def on_unknown_task(self, _body: object, message: Message, _exc: Exception) -> None:
        """Instead of discarding a task that is not registered."""
        self.dead_letter(message, _refused("unknown_task", "no worker knows this task"))

    def on_invalid_task(self, _body: object, message: Message, exc: Exception) -> None:
        """Instead of discarding a task with impossible headers."""
        self.dead_letter(message, _refused("not_a_task", f"invalid task ({type(exc).__name__})"))

    def dead_letter(self, message: Message, error: ContractError) -> None:
        """Put the message into the dead-letter queue, confirmed, and acknowledges the original.

        When that can't be published the broker does the dead-lettering, then without the reason; a
        queue that has none takes the message back.
        """
        self.app.note_put_aside(error, message.delivery_info)
        try:
            self._publish_dead_letter(message, error)
        except Exception:
            log.exception("dead_letter_not_published")
            queue = self.app.broker_topology.queue_of(message.delivery_info)
            if self.app.broker_topology.dead_letters_by_itself(queue):
                message.reject_log_error(celery_log, self.connection_errors)
            else:
                time.sleep(RETURN_SECONDS)
                message.reject_log_error(celery_log, self.connection_errors, requeue=True)
        else:
            message.ack_log_error(celery_log, self.connection_errors)

    def _publish_dead_letter(self, message: Message, error: ContractError) -> None:
        if time.monotonic() < self._publishes_from:
            raise TimeoutError("the broker took no dead letter a moment ago")
        try:
            self._dead_letter(message, error)
        except TimeoutError:
            self._publishes_from = time.monotonic() + PAUSE_SECONDS
            raise

    def _dead_letter(self, message: Message, error: ContractError) -> None:
        topology, came = self.app.broker_topology.topology, message.delivery_info
        body = message.body or b""
        kept = ("message_id", "correlation_id", "type", "timestamp", "app_id")
        dead_letter(
            self.app,
            body=body.encode() if isinstance(body, str) else bytes(body),
            error=error,
            exchange=str(came.get("exchange", "")),
            routing_key=str(came.get("routing_key", "")),
            queue=self.app.broker_topology.queue_of(came),
            topology=topology,
            dead_exchange=DEAD,
            dead_queue=DEAD,
            headers=message.headers,
            properties={
                name: message.properties[name] for name in kept if name in message.properties
            },
            content_type=message.content_type or "application/octet-stream",
            content_encoding=message.content_encoding or "binary",
            timeout=CONFIRM_SECONDS,
        )


def _refused(rule: str, detail: str) -> ContractError:
    return ContractError(rule, "", detail)
