"""What has to be done by one process at a time: relaying, reaping, deleting what is old."""

import asyncio
from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.errors import SettingsError
from backbone.events.retention import Retention, RetentionRules
from backbone.health import check_database
from backbone.http.admin_port import AdminPages
from backbone.jobs.reaper import Depth, Reaper, ReaperRules, no_queue
from backbone.relay.create import partition_count, relay_parts
from backbone.relay.depth import QueueDepth
from backbone.relay.installation import Installation
from backbone.retention.expiry import Expiry, ExpiryRules
from backbone.settings import Settings
from backbone.supervisor import Part, Supervisor
from generated.models.health import Check
from slipway.dead_letter_retention import DeadLetterRetention
from slipway.dead_letters import QUEUES


class BackgroundTasks:
    """The endless background tasks; of each, one process's is active at a time.

    With `CELERY_TASK_ALWAYS_EAGER` jobs are done here, and nothing goes to a broker.
    """

    def __init__(self, settings: Settings, engine: AsyncEngine) -> None:
        """Make them. Raises SettingsError when no broker is named, not even the embedded one."""
        self.registry = CollectorRegistry()
        self._engine = engine
        self._installation: Installation | None = None
        self._end_jobs: Callable[[], None] | None = None
        rules = RetentionRules(
            seconds=settings.events_retention_seconds,
            count=settings.events_retention_count,
            interval=settings.events_retention_interval_seconds,
        )
        self.parts: Mapping[str, Part] = {
            **self._dispatch(settings, engine),
            "reaper": Reaper(engine, ReaperRules.of(settings), depth=_depth(settings)).run,
            "retention": Retention(engine, rules).run,
            "expiry": Expiry(engine, ExpiryRules.of(settings)).run,
        }

    async def aclose(self) -> None:
        """End the jobs that are done here, once the parts have ended.

        A loop that still ran in its thread while the interpreter ends could crash the process.
        """
        if self._end_jobs is not None:
            await asyncio.to_thread(self._end_jobs)

    def pages(self, supervisor: Supervisor) -> AdminPages:
        """Return what the admin port tells of them."""

        async def readiness() -> list[Check]:
            database = await check_database(self._engine, without="nothing is published")
            installation = [] if self._installation is None else self._installation.checks()
            return [database, *supervisor.readiness(), *installation]

        return AdminPages(supervisor.liveness, readiness, (self.registry,))

    def _dispatch(self, settings: Settings, engine: AsyncEngine) -> Mapping[str, Part]:
        if settings.celery_task_always_eager:
            # Celery is imported where jobs are done, not in every relay.
            from worker.celery_app import create_celery_app  # noqa: PLC0415 - as said above
            from worker.eager import EagerDispatcher  # noqa: PLC0415 - as said above

            app = create_celery_app(settings)
            self._end_jobs = app.loop_thread.close
            dispatcher = EagerDispatcher(engine, app, concurrency=settings.worker_concurrency)
            return {"eager": dispatcher.run}
        if settings.amqp_url is None:
            raise SettingsError("RABBITMQ_URL is not set; name the broker, or use `slipway up`")
        topology = settings.topology()
        dead = [topology.queue(name).name for name in QUEUES]
        retention = DeadLetterRetention(
            settings.amqp_url, dead, limit=settings.dead_letters_max_count
        )
        installation = Installation(
            engine,
            settings.amqp_url,
            topology,
            dead_queues=dead,
            partitions=partition_count(settings, engine),
        )
        self.registry.register(installation)
        self._installation = installation
        return {
            **relay_parts(settings, engine, settings.amqp_url, registry=self.registry),
            "dead_letter_retention": retention.run,
            "installation": installation.run,
        }


def _depth(settings: Settings) -> Depth:
    if settings.celery_task_always_eager or settings.amqp_url is None:
        return no_queue
    return QueueDepth(settings.amqp_url, settings.topology())
