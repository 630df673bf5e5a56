"""What has to be done by one process at a time: relaying, reaping, trimming history."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.errors import SettingsError
from backbone.events.retention import Retention, RetentionRules
from backbone.jobs.reaper import Depth, Reaper, ReaperRules, no_queue
from backbone.relay.create import create_relay
from backbone.relay.depth import QueueDepth
from backbone.settings import Settings
from backbone.supervisor import Part
from slipway.dead_letter_retention import DeadLetterRetention
from slipway.dead_letters import QUEUES


def background_tasks(settings: Settings, engine: AsyncEngine) -> Mapping[str, Part]:
    """Return the endless background tasks by name; of each, one process's is active at a time.

    With `CELERY_TASK_ALWAYS_EAGER` jobs are done here, and nothing goes to a broker.

    Raises:
        SettingsError: no broker is named, and nobody has put an embedded one in its place.
    """
    rules = RetentionRules(
        seconds=settings.events_retention_seconds,
        count=settings.events_retention_count,
        interval=settings.events_retention_interval_seconds,
    )
    return {
        **_dispatch(settings, engine),
        "reaper": Reaper(engine, ReaperRules.of(settings), depth=_depth(settings)).run,
        "retention": Retention(engine, rules).run,
    }


def _depth(settings: Settings) -> Depth:
    if settings.celery_task_always_eager or settings.amqp_url is None:
        return no_queue
    return QueueDepth(settings.amqp_url, settings.topology())


def _dispatch(settings: Settings, engine: AsyncEngine) -> Mapping[str, Part]:
    if settings.celery_task_always_eager:
        # Celery is imported where jobs are done, not in every relay.
        from worker.celery_app import create_celery_app  # noqa: PLC0415 - as said above
        from worker.eager import EagerDispatcher  # noqa: PLC0415 - as said above

        app = create_celery_app(settings)
        dispatcher = EagerDispatcher(engine, app, concurrency=settings.worker_concurrency)
        return {"eager": dispatcher.run}
    if settings.amqp_url is None:
        raise SettingsError("RABBITMQ_URL is not set; name the broker, or use `slipway up`")
    topology = settings.topology()
    retention = DeadLetterRetention(
        settings.amqp_url,
        [topology.queue(name).name for name in QUEUES],
        limit=settings.dead_letters_max_count,
    )
    return {
        "relay": create_relay(settings, engine, settings.amqp_url).run,
        "dead_letter_retention": retention.run,
    }
