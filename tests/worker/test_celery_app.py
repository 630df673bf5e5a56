"""The application loses nothing, and its idle loop hears signals."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from celery.exceptions import Ignore
from kombu.asynchronous import Hub, get_event_loop, set_event_loop
from structlog.testing import capture_logs

from backbone.settings import load_settings
from generated.messaging.contract import ContractError
from worker.celery_app import _wake_the_loop, create_celery_app
from worker.job_app import JobApp

SETTINGS = {"RABBITMQ_URL": "amqp://guest:guest@127.0.0.1:5672/", "RABBITMQ_JOBS_QUEUE": "orders"}


@pytest.fixture
def app() -> JobApp:
    return create_celery_app(load_settings(SETTINGS))


def test_a_message_is_acknowledged_by_its_end_and_never_lost(app: JobApp) -> None:
    for name in ("create_environment", "delete_environment"):
        task = app.tasks[f"domains.environments.{name}"]
        assert task.acks_late
        assert task.reject_on_worker_lost
        assert task.ignore_result
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.broker_connection_max_retries is None
    assert app.conf.broker_channel_error_retry
    assert app.conf.broker_transport_options["confirm_publish"]
    assert app.conf.worker_consumer == "worker.consumer:JobConsumer"


@pytest.mark.parametrize("wanted", [False, True])
def test_remote_control_and_task_events_only_when_they_are_wanted(wanted: bool) -> None:
    app = create_celery_app(load_settings(SETTINGS | {"WORKER_REMOTE_CONTROL": str(wanted)}))
    assert app.conf.worker_enable_remote_control is wanted
    assert app.conf.worker_send_task_events is wanted


def test_a_message_that_the_generated_task_puts_aside_is_counted_and_logged(app: JobApp) -> None:
    error = ContractError("enum", "/shortdomain", "no such thing")
    came = {"exchange": "jobs.direct", "routing_key": "jobs.env.create"}

    @app.task(name="poisoned", bind=True)
    def poisoned(task: Any) -> None:
        raise Ignore from error

    poisoned.push_request(delivery_info=came)
    with capture_logs() as lines, pytest.raises(Ignore):
        poisoned()
    poisoned.pop_request()
    counted = app.metrics.put_aside.labels("orders", "enum")
    assert counted._value.get() == 1
    assert [(line["event"], line["queue"], line["log_level"]) for line in lines] == [
        ("delivery_refused", "orders", "warning")
    ]


def test_nothing_but_json_from_the_queues_of_the_contract(app: JobApp) -> None:
    assert app.conf.accept_content == ["json"]
    assert [queue.name for queue in app.conf.task_queues] == ["orders", "jobs.env.delete"]
    assert not app.conf.task_create_missing_queues
    assert not app.conf.worker_enable_remote_control
    assert app.conf.result_backend is None


def test_the_broker_times_out_after_the_job_was_handed_over() -> None:
    settings = load_settings(SETTINGS)
    half_an_hour = 1800
    limit = create_celery_app(settings).conf.task_time_limit
    assert settings.job_hold_seconds < limit < half_an_hour


@pytest.fixture
def hub() -> Iterator[Hub]:
    before = get_event_loop()
    hub = Hub()
    set_event_loop(hub)
    # As with a broker's connection, there is a descriptor to wait for.
    ours, theirs = socket.socketpair()
    hub.add_reader(ours, lambda _: None)
    yield hub
    hub.close()
    ours.close()
    theirs.close()
    set_event_loop(before)


@pytest.mark.timeout(30)
def test_a_signal_wakes_a_loop_that_sleeps(hub: Hub) -> None:
    """Unwoken it would sleep on until its next timer, here for longer than the test may take."""
    hub.call_later(3600, lambda: None)
    hub.fire_timers = lambda **_: 3600
    woken: list[int] = []

    def handle(number: int, _frame: object) -> None:
        _wake_the_loop()
        woken.append(number)

    before = signal.signal(signal.SIGUSR1, handle)
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGUSR1)).start()
    loop = hub.create_loop()
    try:
        while not woken:
            next(loop)
    finally:
        signal.signal(signal.SIGUSR1, before)
