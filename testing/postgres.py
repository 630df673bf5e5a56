"""PostgreSQL for tests: the server that answers or a private one, and a database per caller."""

import asyncio
import atexit
import functools
import os
import secrets
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from testing.missing import ServiceMissing
from testing.program import PrivateFolder, answers, free_port, wait_until

DEFAULT_URL = "postgresql://postgres@127.0.0.1:5432/postgres"


@contextmanager
def postgres_database() -> Iterator[str]:
    """Make an empty database and remove it at the end; gives its URL. Raises ServiceMissing."""
    server = server_url()
    name = f"slipway_test_{secrets.token_hex(6)}"
    execute(server, f"CREATE DATABASE {name}")
    try:
        yield server.rsplit("/", 1)[0] + f"/{name}"
    finally:
        execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@dataclass(frozen=True, slots=True)
class PostgresRole:
    """A role that owns a database of its own; `server` is where a superuser may change both."""

    name: str
    database: str
    url: str
    server: str

    def disconnect(self) -> None:
        """End all its connections."""
        execute(
            self.server,
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            f"WHERE usename = '{self.name}'",
        )


@contextmanager
def postgres_role() -> Iterator[PostgresRole]:
    """Make a role and an empty database of its own. Raises ServiceMissing."""
    server = server_url()
    name = f"slipway_test_{secrets.token_hex(6)}"
    execute(server, f"CREATE ROLE {name} LOGIN PASSWORD '{name}'")
    execute(server, f"CREATE DATABASE {name} OWNER {name}")
    address = server.rsplit("/", 1)[0].rsplit("@", 1)[-1]
    try:
        yield PostgresRole(name, name, f"postgresql://{name}:{name}@{address}/{name}", server)
    finally:
        execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        execute(server, f"DROP ROLE {name}")


def execute(url: str, sql: str) -> None:
    """Run one statement, from wherever the caller is: an event loop may be running already."""

    async def run() -> None:
        connection = await asyncpg.connect(url, timeout=5)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    failures: list[BaseException] = []

    def work() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


@functools.cache
def server_url() -> str:
    """Return the URL of a server on which databases may be made. Raises ServiceMissing."""
    url = os.environ.get("TEST_POSTGRES_URL", DEFAULT_URL)
    try:
        execute(url, "SELECT 1")
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        if "TEST_POSTGRES_URL" in os.environ:
            raise ServiceMissing(
                f"PostgreSQL at TEST_POSTGRES_URL does not answer: {error}"
            ) from None
        return PrivatePostgres.shared().url
    return url


def binary(name: str) -> str:
    """Find a program of PostgreSQL; Debian keeps them off the path."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / name).exists():
            return str(folder / name)
    if found := shutil.which(name):
        return found
    raise ServiceMissing(f"no PostgreSQL answers and {name} is not installed")


class PrivatePostgres:
    """A server of our own; `stop` and `start` keep its data and its port."""

    def __init__(self) -> None:
        initdb, self._postgres = binary("initdb"), binary("postgres")
        self.folder = PrivateFolder("postgres")
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.folder.run(
            initdb, "-D", "data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"
        )

    @classmethod
    @functools.cache
    def shared(cls) -> "PrivatePostgres":
        server = cls()
        atexit.register(server.remove)
        server.start()
        return server

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        settings = (
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self.folder.path}",
            "fsync=off",
        )
        arguments = [part for setting in settings for part in ("-c", setting)]
        self._process = self.folder.spawn(self._postgres, "-D", "data", *arguments)
        if not wait_until(self._ready, self._process, 240):
            raise ServiceMissing(
                f"no PostgreSQL answers and ours did not start: {self.folder.output()}"
            )

    def _ready(self) -> bool:
        if not answers(self.port):
            return False
        try:
            execute(self.url, "SELECT 1")
        except (OSError, TimeoutError, asyncpg.PostgresError):
            return False
        return True

    def stop(self) -> None:
        """Stop it at once, cutting all connections."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def remove(self) -> None:
        self.stop()
        self.folder.remove()
