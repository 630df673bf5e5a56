"""Programs that consume from an AMQP broker; each runs as it stands, with `AMQP_URL` set."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contractkit.docs.celery_wire import CeleryWire
from contractkit.docs.samples import Sample
from contractkit.model.messaging import Exchange


@dataclass(frozen=True, slots=True)
class Subscription:
    """A queue to consume from. With a `binding_key` it is the program's own, which it binds."""

    queue: str
    exchange: Exchange | None
    binding_key: str | None
    routing_key: str
    event_id: str
    arguments: Mapping[str, Any]


def aio_pika(given: Subscription) -> Sample:
    """Return a program on asyncio."""
    queue = json.dumps(given.queue)
    if given.binding_key is None or given.exchange is None:
        taking = [f"    queue = await channel.get_queue({queue})"]
    else:
        exchange, key = json.dumps(given.exchange.name), json.dumps(given.binding_key)
        taking = [
            f"    exchange = await channel.get_exchange({exchange})",
            "    queue = await channel.declare_queue(",
            f"        {queue}, durable=True",
            "    )",
            f"    await queue.bind(exchange, {key})",
        ]
    event_id = json.dumps(given.event_id)
    once = [
        f"                event_id = message.headers.get({event_id})",
        "                if event_id and event_id in seen:",
        "                    continue",
        "                seen.add(event_id)",
    ]
    lines = [
        "import asyncio",
        "import json",
        "import os",
        "",
        "import aio_pika",
        "",
        "",
        "async def main() -> None:",
        '    url = os.environ["AMQP_URL"]',
        "    connection = await aio_pika.connect_robust(url)",
        "    channel = await connection.channel()",
        "    await channel.set_qos(prefetch_count=20)",
        *taking,
        *(["    seen = set()  # a table in a real program"] if given.event_id else []),
        "    async with queue.iterator() as messages:",
        "        async for message in messages:",
        "            # Acknowledged when the block ends.",
        "            async with message.process():",
        *(once if given.event_id else []),
        "                body = json.loads(message.body)",
        "                print(message.routing_key, body, flush=True)",
        "",
        "",
        "asyncio.run(main())",
    ]
    return Sample("aio-pika", "aio-pika", "\n".join(lines))


def amqplib(given: Subscription) -> Sample:
    """Return a program for Node."""
    queue = json.dumps(given.queue)
    if given.binding_key is None or given.exchange is None:
        taking = [f"const queue = {queue};"]
    else:
        exchange, key = json.dumps(given.exchange.name), json.dumps(given.binding_key)
        taking = [
            f"const queue = {queue};",
            "await channel.assertQueue(queue, { durable: true });",
            f"await channel.bindQueue(queue, {exchange}, {key});",
        ]
    once = [
        f"  const eventId = message.properties.headers[{json.dumps(given.event_id)}];",
        "  if (eventId && seen.has(eventId)) return channel.ack(message);",
        "  seen.add(eventId);",
    ]
    lines = [
        'import amqp from "amqplib";',
        "",
        "const connection = await amqp.connect(process.env.AMQP_URL);",
        "const channel = await connection.createChannel();",
        "await channel.prefetch(20);",
        *taking,
        *(["const seen = new Set(); // a table in a real program"] if given.event_id else []),
        "await channel.consume(queue, (message) => {",
        "  if (message === null) return; // the queue was deleted",
        *(once if given.event_id else []),
        "  const body = JSON.parse(message.content);",
        "  console.log(message.fields.routingKey, body);",
        "  channel.ack(message);",
        "});",
    ]
    return Sample("amqplib", "amqplib", "\n".join(lines))


def celery_worker(given: Subscription, wire: CeleryWire) -> Sample:
    """Return a worker of the task."""
    exchange = given.exchange or Exchange("", "direct")
    named = f"{json.dumps(exchange.name)}, type={json.dumps(exchange.type)}"
    if not exchange.durable:
        named += ", durable=False"
    arguments = [f"            {key!r}: {value!r}," for key, value in given.arguments.items()]
    function = wire.task.rpartition(".")[2]
    lines = [
        "import os",
        "",
        "from celery import Celery",
        "from kombu import Exchange, Queue",
        "",
        'url = os.environ["AMQP_URL"]',
        'app = Celery("my_program", broker=url)',
        'if url.startswith("amqps:"):',
        "    # Without it Celery takes the certificate of any host.",
        '    app.conf.broker_use_ssl = {"server_hostname": None}',
        "app.conf.task_acks_late = True",
        f"exchange = Exchange({named})",
        "app.conf.task_queues = [",
        "    Queue(",
        f"        {json.dumps(given.queue)},",
        "        exchange,",
        f"        routing_key={json.dumps(given.routing_key)},",
        *(["        queue_arguments={", *arguments, "        },"] if arguments else []),
        "    )",
        "]",
        "",
        "",
        "@app.task(",
        f"    name={json.dumps(wire.task)},",
        "    ignore_result=True,",
        ")",
        f"def {function if function.isidentifier() else 'work'}(payload):",
        "    print(payload, flush=True)",
        "",
        "",
        'if __name__ == "__main__":',
        '    app.worker_main(["worker", "--concurrency=1"])',
    ]
    return Sample("celery", "Celery", "\n".join(lines))
