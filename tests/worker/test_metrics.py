"""What a worker counts."""

from types import SimpleNamespace

import pytest
from prometheus_client import generate_latest

from worker.job_app import JobApp
from worker.metrics import WorkerMetrics
from worker.virtuozzo.errors import ProviderBusyError


def test_a_call_of_the_provider_is_timed_by_how_it_ended():
    metrics = WorkerMetrics()
    with metrics.call("getenvinfo"):
        pass
    with pytest.raises(ProviderBusyError), metrics.call("createenvironment"):
        raise ProviderBusyError("no", method="createenvironment", result=429)
    told = generate_latest(metrics.registry).decode()
    assert 'seconds_count{method="getenvinfo",outcome="ok"} 1.0' in told
    assert 'seconds_count{method="createenvironment",outcome="ProviderBusyError"} 1.0' in told


def test_two_workers_count_apart():
    first, second = WorkerMetrics(), WorkerMetrics()
    first.deliveries.labels("environment_create", "ended").inc()
    assert b'outcome="ended"' not in generate_latest(second.registry)


@pytest.mark.parametrize(
    ("consumer", "expected"),
    [
        (None, False),
        (SimpleNamespace(connection=None), False),
        (SimpleNamespace(connection=SimpleNamespace(connected=False)), False),
        (SimpleNamespace(connection=SimpleNamespace(connected=True)), True),
    ],
)
def test_a_worker_knows_whether_messages_reach_it(consumer, expected):
    app = JobApp("test", set_as_current=False)
    app.consumer = consumer
    assert app.consuming() is expected
