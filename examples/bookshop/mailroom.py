"""The mailroom: packs the books of each order.

Run it: BROKER=amqp://guest:guest@localhost:5672/ python mailroom.py
"""

import asyncio
import os

import aio_pika
from faststream.rabbit import RabbitBroker

from generated.messaging.mailroom import OrderPlacedDelivery, build_mailroom_subscriber
from generated.messaging.topology import declare
from generated.models.order import Order


class Mailroom:
    """Handles what passed the contract; all else is in the dead-letter queue already."""

    async def receive_order_placed(self, payload: Order, delivery: OrderPlacedDelivery) -> None:
        """Pack the books; returning acknowledges the message."""
        again = " (maybe again)" if delivery.redelivered else ""
        books = f"{payload.copies} x {payload.title}"
        print(f"Pack {books} (order {payload.order_id}){again}", flush=True)


async def main() -> None:
    """Declare the exchange and the queue, then work until stopped."""
    url = os.environ["BROKER"]
    async with await aio_pika.connect(url) as connection:
        await declare(await connection.channel())
    broker = RabbitBroker(url)
    async with broker:
        build_mailroom_subscriber(broker, Mailroom())
        await broker.start()
        print("The mailroom is open", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
