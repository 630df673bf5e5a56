"""kombu and Celery on either broker. The same on the embedded broker and on RabbitMQ."""

import asyncio
import os
import signal
import sys
from typing import Any

import celery
import kombu
import pytest

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
