"""Copies everything that is published to the contract's exchanges of one broker into a book."""

import asyncio
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from traffic.book import Book, Published

FOREIGN = "contract-tests"
"""The AMQP property `app_id` of what tests publish themselves; it is not the system's."""
BINDINGS = (
    ("events.topic", "#"),
    ("jobs.direct", "jobs.env.create"),
    ("jobs.direct", "jobs.env.delete"),
)
START_SECONDS = 60


class BrokerTap:
    """Runs in a thread with a loop of its own, because tests come and go with theirs."""

    def __init__(self, url: str, book: Book) -> None:
        self._url = url
        self._book = book
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._main, daemon=True)

    def start(self) -> None:
        self._thread.start()
        if not self._ready.wait(START_SECONDS + 10) or self._failure:
            raise RuntimeError("nothing can be recorded at the broker") from self._failure

    def stop(self) -> None:
        """Record what is on its way, then leave."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        if self._failure is not None:
            raise RuntimeError("the recording at the broker broke off") from self._failure

    def _main(self) -> None:
        try:
            asyncio.run(self._record())
        except BaseException as failure:  # noqa: BLE001 - raised again in the test's thread
            self._failure = failure
            self._ready.set()

    async def _record(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with await aio_pika.connect(self._url) as connection:
            await self._declared(connection)
            channel = await connection.channel()
            queue = await channel.declare_queue(
                f"slipway-recorder-{secrets.token_hex(4)}", exclusive=True
            )
            for exchange, key in BINDINGS:
                await queue.bind(exchange, key)
            last = asyncio.Event()
            foreign: set[object] = set()

            async def take(message: AbstractIncomingMessage) -> None:
                identity = message.headers.get("id") or message.message_id
                if message.exchange == "":
                    last.set()
                elif message.app_id == FOREIGN or identity in foreign:
                    # One that was put aside and sent again keeps its id, but not the property.
                    foreign.update({identity} - {None})
                else:
                    self._book.messages.append(_published(message))

            await queue.consume(take, no_ack=True)
            self._ready.set()
            await self._stop.wait()
            # Behind everything that was published before: when it comes, all of that was recorded.
            await _send_last(channel, queue.name)
            await asyncio.wait_for(last.wait(), 20)

    async def _declared(self, connection: aio_pika.abc.AbstractConnection) -> None:
        """Wait until the system itself declared the exchanges; the tap must not do its work."""
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        waiting = {exchange for exchange, _ in BINDINGS}
        while waiting:
            exchange = next(iter(waiting))
            channel = await connection.channel()
            try:
                await channel.get_exchange(exchange, ensure=True)
                waiting.discard(exchange)
                await channel.close()
            except aio_pika.exceptions.ChannelNotFoundEntity:
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.1)


async def _send_last(channel: AbstractChannel, queue: str) -> None:
    await channel.default_exchange.publish(aio_pika.Message(b""), queue)


def _published(message: AbstractIncomingMessage) -> Published:
    return Published(
        exchange=message.exchange or "",
        routing_key=message.routing_key or "",
        headers=dict(message.headers),
        body=message.body,
        content_type=message.content_type or "",
        type=message.type or "",
        delivery_mode=int(message.delivery_mode or 0),
    )


@contextmanager
def tapped(url: str | None, book: Book) -> Iterator[None]:
    """Record what is published at the broker while the block runs."""
    if url is None:
        yield
        return
    tap = BrokerTap(url, book)
    tap.start()
    try:
        yield
    finally:
        tap.stop()
