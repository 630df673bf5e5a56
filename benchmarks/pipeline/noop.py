"""A Celery worker whose only task does nothing, with the options of Slipway's worker: what is Celery's own.

Arguments: the broker's URL, and a file that gets a byte for each task.
"""

import json
import os
import sys
from uuid import uuid4

import aio_pika
from celery import Celery
from kombu import Queue

from backbone.settings import Settings

QUEUE = "noop"
TASK = "noop"
PAYLOAD = {"payload": {"job_id": 1, "team_id": 1, "user_id": 1, "shortdomain": "shop-1"}}


def create_app(url: str, done: int) -> Celery:
    """Make the application; each task adds a byte to the file `done`, so that they can be counted."""
    app = Celery(TASK, broker=url, set_as_current=False)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_queues=[Queue(QUEUE, durable=True)],
        task_default_queue=QUEUE,
        broker_connection_retry_on_startup=True,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
    )

    @app.task(name=TASK)
    def noop(payload: object) -> None:
        """Do nothing but say so."""
        os.write(done, b".")

    return app


async def publish(url: str, count: int) -> None:
    """Send so many tasks, as Celery does (protocol 2)."""
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel()
        await channel.declare_queue(QUEUE, durable=True)
        body = json.dumps([[], PAYLOAD, {}]).encode()
        for _ in range(count):
            task_id = uuid4().hex
            await channel.default_exchange.publish(
                aio_pika.Message(
                    body,
                    headers={"lang": "py", "task": TASK, "id": task_id, "root_id": task_id},
                    content_type="application/json",
                    content_encoding="utf-8",
                    correlation_id=task_id,
                    delivery_mode=2,
                ),
                QUEUE,
            )


if __name__ == "__main__":
    done = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    create_app(sys.argv[1], done).worker_main(
        [
            "--quiet",
            "worker",
            "--pool=threads",
            f"--concurrency={Settings().worker_concurrency}",
            "--loglevel=warning",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )
