"""The broker: it listens, lets connections in, and keeps their queues until it is stopped."""

import asyncio
import os
from collections.abc import Collection
from typing import Self
from urllib.parse import quote

import structlog

from slipway.amqp.connection import Connection
from slipway.amqp.directory import Directory
from slipway.amqp.journal import Journal
from slipway.amqp.limits import Limits
from slipway.amqp.message_memory import MessageMemory
from slipway.amqp.vhost import VirtualHost

_STOP_SECONDS = 2.0

log = structlog.get_logger(__name__)


class Broker:
    """An AMQP 0-9-1 broker in this process.

    `journal` is the path of an SQLite file for durable queues and persistent messages; None keeps
    everything in memory. `vhosts` closes the list of virtual hosts; None creates them at first
    use. After `start`, `port` is the bound port and `url` an `amqp://` URL with the credentials
    (do not log it).
    """

    def __init__(
        self,
        *,
        user: str = "guest",
        password: str = "guest",  # noqa: S107 - the well-known default for a loopback broker
        journal: str | os.PathLike[str] | None = None,
        vhosts: Collection[str] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.host = ""
        self.port = 0
        self._user = user
        self._password = password
        self._journal_path = journal
        self._journal: Journal | None = None
        self._allowed = vhosts
        self._limits = limits or Limits()
        self._directory: Directory | None = None
        self._connections: set[Connection] = set()
        self._empty = asyncio.Event()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """`amqp://user:password@host:port/` for the virtual host `/`."""
        user, password = quote(self._user, safe=""), quote(self._password, safe="")
        return f"amqp://{user}:{password}@{self.host}:{self.port}/"

    @property
    def memory_used(self) -> int:
        """Bytes of queued and unacknowledged messages."""
        return self._directory.memory.used if self._directory is not None else 0

    def check(self) -> None:
        """Tell whether durable messages are being kept; raises as the journal's `check` does."""
        if self._journal is not None:
            self._journal.check()

    def vhost(self, name: str = "/") -> VirtualHost:
        """Return a virtual host, for inspection; RuntimeError unless started."""
        if self._directory is None:
            raise RuntimeError("the broker is not started; await start() first")
        return self._directory.vhost(name)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Open the journal and listen; port 0 takes a free one.

        Raises OSError if the port is taken, JournalError if the journal cannot be used.
        """
        if self._server is not None:
            raise RuntimeError("the broker is already started")
        if self._journal_path is not None:
            self._journal = Journal(self._journal_path)
        memory = MessageMemory(self._limits.memory, self._relieve, self._journal)
        directory = self._directory = Directory(
            self._user,
            self._password,
            self._limits,
            memory,
            allowed=self._allowed,
            store=self._journal,
        )
        if self._journal is not None:
            await self._journal.open(directory)
        try:
            self._server = await asyncio.get_running_loop().create_server(
                lambda: Connection(directory, self._opened, self._lost), host, port
            )
        except OSError:
            await self._close_journal()
            raise
        self.host, self.port = host, self._server.sockets[0].getsockname()[1]
        log.info(
            "amqp_broker_started", host=host, port=self.port, durable=self._journal is not None
        )

    async def stop(self) -> None:
        """Close all connections with 320 CONNECTION_FORCED, then the journal. Safe to repeat."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        self._empty.clear()
        for connection in list(self._connections):
            connection.shut()
        if self._connections:
            try:
                await asyncio.wait_for(self._empty.wait(), _STOP_SECONDS)
            except TimeoutError:
                for connection in list(self._connections):
                    connection.abort()
                await self._empty.wait()
        await server.wait_closed()
        await self._close_journal()
        if self._directory is not None:
            for vhost in self._directory.vhosts():
                vhost.close()
        self._directory = None
        log.info("amqp_broker_stopped", port=self.port)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _close_journal(self) -> None:
        journal, self._journal = self._journal, None
        if journal is not None:
            await journal.close()

    def _opened(self, connection: Connection) -> bool:
        if self._server is None or len(self._connections) >= self._limits.connections:
            log.warning("amqp_connection_refused", connections=len(self._connections))
            return False
        self._connections.add(connection)
        return True

    def _lost(self, connection: Connection) -> None:
        self._connections.discard(connection)
        if not self._connections:
            self._empty.set()

    def _relieve(self) -> None:
        loop = asyncio.get_running_loop()
        for connection in list(self._connections):
            loop.call_soon(connection.relieve)
