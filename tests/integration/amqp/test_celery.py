"""kombu and Celery on either broker. The same on the embedded broker and on RabbitMQ."""

import asyncio
import json
import os
import signal
import sys
from typing import Any

import amqp
import celery
import kombu
import pytest

from generated.messaging.topology import declare
from tests.integration.amqp.scenario import (
    SECONDS,
    unique,
)

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


APP = """
import os, signal, time
from celery import Celery

app = Celery("conformance", broker=os.environ["BROKER"])
app.conf.update(
    task_acks_late=True,
    taskignore_result=True,
    task_default_queue=os.environ["QUEUE"],
    worker_prefetch_multiplier=1,
    broker_transport_options={"confirm_publish": True},
    broker_connection_retry_on_startup=True,
)

@app.task(name="note", bind=True)
def note(self, line):
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(f"{line} {self.request.delivery_info['redelivered']}\\n")
    if line == "deadly" and not self.request.delivery_info["redelivered"]:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def _kombu_round(url: str, name: str) -> list[Any]:
    with kombu.Connection(url) as connection:
        queue = connection.SimpleQueue(name, queue_opts={"durable": False, "auto_delete": True})
        for n in range(3):
            queue.put({"n": n, "nested": [{"deep": None}]}, headers={"h": [1, {"a": True}]})
        got = [queue.get(timeout=SECONDS) for _ in range(3)]
        for message in got:
            message.ack()
        queue.close()
        with connection.channel() as channel:
            kombu.Queue(name, channel=channel).delete()
        return [(message.payload, message.headers) for message in got]


async def test_kombu_publishes_and_consumes(url):
    got = await asyncio.to_thread(_kombu_round, url, unique("kombu"))
    assert got == [
        ({"n": n, "nested": [{"deep": None}]}, {"h": [1, {"a": True}]}) for n in range(3)
    ]


async def test_celery_runs_tasks_and_a_killed_worker_s_task_is_run_again(url, connect, tmp_path):
    queue = unique("celery")
    notes = tmp_path / "notes"
    notes.touch()
    (tmp_path / "conformance_app.py").write_text(APP)
    environment = os.environ | {"BROKER": url, "QUEUE": queue, "NOTES": str(notes)}
    environment["PYTHONPATH"] = str(tmp_path)

    async def worker() -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "celery",
            "-A",
            "conformance_app",
            "worker",
            "-P",
            "threads",
            "-c",
            "1",
            "--loglevel",
            "ERROR",
            cwd=tmp_path,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )

    sender = celery.Celery("sender", broker=url)
    sender.conf.update(task_default_queue=queue, broker_transport_options={"confirm_publish": True})
    running = await worker()
    try:
        for line in ("first", "second", "deadly"):
            await asyncio.to_thread(sender.send_task, "note", args=[line], queue=queue)
        assert await asyncio.wait_for(running.wait(), 60) == -signal.SIGKILL
        assert notes.read_text().split("\n") == ["first False", "second False", "deadly False", ""]
        running = await worker()
        async with asyncio.timeout(60):
            while "deadly True" not in notes.read_text():
                assert running.returncode is None
                await asyncio.sleep(0.05)
        answers = await asyncio.to_thread(sender.control.ping, timeout=2, limit=1)
        assert [list(answer.values()) for answer in answers] == [[{"ok": "pong"}]]
    finally:
        if running.returncode is None:
            running.terminate()
            await asyncio.wait_for(running.wait(), 30)
        await asyncio.to_thread(sender.close)
    channel = await (await connect()).channel()
    left = await channel.declare_queue(queue, passive=True)
    assert left.declaration_result.message_count == 0
    await channel.queue_delete(queue)


PAYLOAD = {"job_id": 1, "team_id": 7, "user_id": 3, "shortdomain": "a", "nodes": [{}]}


def _send_order(url: str, queues: list[kombu.Queue], **options: Any) -> None:
    """Send an order with a Celery that knows nothing of the contract."""
    app = celery.Celery("stock", broker=url, set_as_current=False)
    app.conf.update(
        broker_transport_options={"confirm_publish": True},
        task_publish_retry=False,
        task_queues=queues or None,
    )
    with app:
        app.send_task(
            "domains.environments.create_environment", kwargs={"payload": PAYLOAD}, **options
        )


async def test_a_stock_celery_sends_orders_in_the_ways_that_the_documentation_names(url, channel):
    key, plain = "jobs.env.create", kombu.Queue("jobs.env.create", routing_key="jobs.env.create")
    there = kombu.Queue("jobs.env.create", no_declare=True)
    await declare(channel)
    queue = await channel.get_queue(key)
    await queue.purge()
    for queues in ([], [plain]):
        with pytest.raises(amqp.PreconditionFailed, match="x-dead-letter-exchange"):
            await asyncio.to_thread(_send_order, url, queues, queue=key, routing_key=key)
    exchange = "jobs.direct"
    await asyncio.to_thread(_send_order, url, [], exchange=exchange, routing_key=key)
    await asyncio.to_thread(
        _send_order, url, [there], queue=key, exchange=exchange, routing_key=key
    )
    for _ in range(2):
        message = await queue.get(no_ack=True, timeout=SECONDS)
        assert json.loads(message.body)[1] == {"payload": PAYLOAD}
    assert await queue.get(fail=False) is None
