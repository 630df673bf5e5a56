"""Builds the Celery application: late acknowledgement, JSON only, explicit queues, no results.

Refuses to consume anything but the job queues of the contract, and to lose a message.
"""

from __future__ import annotations

import json
import threading
from typing import Any

import kombu
from celery.signals import (
    setup_logging,
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)
from kombu import serialization
from kombu.asynchronous import get_event_loop
from kombu.utils.json import dumps

from backbone.amqp_url import for_celery
from backbone.settings import Settings
from backbone.tcp import socket_options
from generated.messaging.topology import Topology
from generated.tasks.worker import register_worker_tasks, worker_queues
from worker.broker_topology import BrokerTopology
from worker.job_app import JobApp, JobTask
from worker.loop_thread import LoopThread
from worker.metrics import WorkerMetrics
from worker.provisioning.checkpoints import Checkpoints, NoCheckpoints
from worker.provisioning.process import JobProcess, open_provisioning
from worker.tasks import JobTasks

_MAIN = "slipway"
_CONSUMER = "worker.consumer:JobConsumer"
_POOL_SIZE = 4
_CUT_OFF_SECONDS = 10.0


def create_celery_app(settings: Settings, *, checkpoints: Checkpoints | None = None) -> JobApp:
    """Make the application of a worker process.

    `RABBITMQ_URL` must be set, unless tasks are eager.
    """
    broker_topology = BrokerTopology(settings.topology())
    topology = broker_topology.topology
    metrics = WorkerMetrics()
    url, tls = (None, None) if settings.amqp_url is None else for_celery(settings.amqp_url)
    app = JobApp(_MAIN, broker=url, set_as_current=False, task_cls=JobTask)
    loop_thread: LoopThread[JobProcess] = LoopThread(
        lambda: open_provisioning(
            settings,
            checkpoints or NoCheckpoints(),
            metrics=metrics,
            consuming=app.consuming if app.is_worker else None,
        ),
        # A creation that is under way ends first, as its answer says what was created.
        drain=lambda process: process.drained(settings.virtuozzo_create_timeout + _CUT_OFF_SECONDS),
    )
    _use_plain_json()
    app.broker_topology = broker_topology
    app.metrics = metrics
    app.loop_thread = loop_thread
    app.conf.update(_configuration(settings, _declared_queues(topology)))
    if tls is not None:
        app.conf.broker_use_ssl = tls
    register_worker_tasks(app, JobTasks(loop_thread), topology)
    _connect_signals(app)
    return app


def _use_plain_json() -> None:
    """Keep kombu from making datetimes and the like of JSON objects with a member `__type__`.

    In an order these are members like others, and what it makes of them is no JSON any more.
    """
    serialization.register("json", dumps, json.loads, "application/json", "utf-8")


def _declared_queues(topology: Topology) -> list[kombu.Queue]:
    """Return the queues to consume from, which Celery shall not declare: the consumer did."""
    queues: list[Any] = worker_queues(topology)
    for queue in queues:
        queue.no_declare = queue.exchange.no_declare = True
    return queues


def _configuration(settings: Settings, queues: list[kombu.Queue]) -> dict[str, Any]:
    first = queues[0]
    return {
        # A message is done when the job's row says so, not when it arrives.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "accept_content": ["json"],
        "task_serializer": "json",
        "task_ignore_result": True,
        "task_store_errors_even_if_ignored": False,
        "result_backend": None,
        "task_queues": queues,
        "task_default_queue": first.name,
        "task_default_exchange": first.exchange.name,
        "task_default_routing_key": first.routing_key,
        "task_create_missing_queues": False,
        "task_always_eager": settings.celery_task_always_eager,
        # Only the prefork pool can enforce it; a task is over when its job is claimed.
        "task_time_limit": settings.job_hold_seconds + settings.virtuozzo_create_timeout * 2,
        "broker_transport_options": {
            "confirm_publish": True,
            "max_retries": 3,
            "socket_settings": socket_options(),
        },
        "broker_connection_retry": True,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        # The broker closes the channel of a delivery that is held too long. Reconnect, don't exit.
        "broker_channel_error_retry": True,
        "broker_pool_limit": _POOL_SIZE,
        "worker_consumer": _CONSUMER,
        "worker_enable_remote_control": settings.worker_remote_control,
        "worker_send_task_events": settings.worker_remote_control,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        # Its gradual restoration was seen to hang the worker after a reconnect.
        "worker_enable_prefetch_count_reduction": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "timezone": "UTC",
        "enable_utc": True,
    }


def _connect_signals(app: JobApp) -> None:
    """Open the loop's thread after a fork, and close it at the end.

    `weak=False`, because nobody else holds these functions.
    """
    loop_thread = app.loop_thread

    def start(**_: Any) -> None:
        # The admin port is the main process's.
        app.is_worker = False
        loop_thread.start()

    def ready(sender: Any = None, **_: Any) -> None:
        app.consumer = sender
        # Jobs that wait are polled for without a message; in a prefork pool the children do it.
        if not sender.pool.uses_semaphore:
            loop_thread.start()

    def close(**_: Any) -> None:
        loop_thread.close()

    def leave_logging_alone(**_: Any) -> None:
        """Being connected is all: Celery then configures no logger."""

    def drain(**_: Any) -> None:
        loop_thread.tell(lambda process: process.drain())
        _wake_the_loop()

    worker_shutting_down.connect(drain, weak=False)
    worker_ready.connect(ready, weak=False)
    worker_process_init.connect(start, weak=False)
    worker_process_shutdown.connect(close, weak=False)
    worker_shutdown.connect(close, weak=False)
    setup_logging.connect(leave_logging_alone, weak=False)


def _wake_the_loop() -> None:
    """Let an idle worker notice the signal now, and not at its loop's next timer (up to 10 s).

    An interrupted poll goes on waiting (PEP 475), and the loop can be woken from another thread
    only; this is called in its own, in the signal's handler.
    """
    if (hub := get_event_loop()) is not None:
        threading.Thread(target=hub.call_soon, args=(bool,), name="wake-the-loop").start()
