"""The Celery application of the guide's style: direct exchange, durable queue, late acks."""

from celery import Celery
from kombu import Exchange, Queue

from benchmarks.pipeline.guide.settings import (
    JOBS_EXCHANGE,
    JOBS_QUEUE,
    JOBS_ROUTING_KEY,
    Settings,
)


def create_celery_app(settings: Settings) -> Celery:
    """Make it; tasks are registered by the worker only."""
    app = Celery("guide", broker=settings.rabbitmq_url, set_as_current=False)
    exchange = Exchange(JOBS_EXCHANGE, type="direct", durable=True)
    app.conf.update(
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_queues=[Queue(JOBS_QUEUE, exchange, routing_key=JOBS_ROUTING_KEY, durable=True)],
        task_default_queue=JOBS_QUEUE,
        task_default_exchange=JOBS_EXCHANGE,
        task_default_routing_key=JOBS_ROUTING_KEY,
        broker_connection_retry_on_startup=True,
        worker_hijack_root_logger=False,
    )
    return app
