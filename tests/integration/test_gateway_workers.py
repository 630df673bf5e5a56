"""Several gateway processes on one port: each with its own queue, stopped by one signal."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from backbone.database.engine import create_engine
from tests.gateway.event_source import EventSource
from tests.gateway.http_reader import HttpReader
from tests.integration.gateway_world import ids, make_member, make_team, relay, sign_in, tell

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from backbone.settings import load_settings
from gateway.workers import run_workers
if __name__ == "__main__":
    run_workers(load_settings(), host="127.0.0.1", port=int(sys.argv[1]), workers=2)
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def is_worker(pid: str) -> bool:
    """Whether a process is a worker; one that has ended since it was listed is none."""
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


async def workers_of(process: subprocess.Popen[bytes], count: int) -> list[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    async with asyncio.timeout(30):
        while True:
            assert process.poll() is None
            pids = [int(pid) for pid in children.read_text().split() if is_worker(pid)]
            if len(pids) == count:
                return pids
            await asyncio.sleep(0.05)


async def connect(port: int, token: str, source: EventSource) -> HttpReader:
    async with asyncio.timeout(30):
        while True:
            try:
                reader = await HttpReader.get(port, token=token, source=source)
            except (ConnectionError, asyncio.IncompleteReadError):
                await asyncio.sleep(0.05)
                continue
            await reader.got(1, "sync")
            return reader


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="SO_REUSEPORT as Linux has it")
async def test_two_workers_tell_everyone_everything_and_one_that_dies_is_replaced(
    postgres_url, rabbitmq_url, tmp_path
) -> None:
    engine = create_engine(postgres_url)
    await make_team(engine)
    await make_member(engine)
    token = await sign_in(engine)
    port = free_port()
    (tmp_path / "workers.py").write_text(PROGRAM)
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": postgres_url,
        "RABBITMQ_URL": rabbitmq_url,
        "SSE_DRAIN_SECONDS": "2",
    }
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(tmp_path / "workers.py"), str(port)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    readers: list[HttpReader] = []
    try:
        first = await workers_of(process, 2)
        async with relay(engine, rabbitmq_url):
            readers = [await connect(port, token, EventSource()) for _ in range(12)]
            told = await tell(engine, 5)
            for reader in readers:
                await reader.got(5, "message")
                assert ids(reader) == told
            os.kill(first[0], signal.SIGKILL)
            for index, reader in enumerate(readers):
                await asyncio.sleep(0)
                if reader.closed:
                    await reader.close()
                    readers[index] = await connect(port, token, reader.source)
            told += await tell(engine, 5)
            for index, reader in enumerate(readers):
                await reader.until(
                    lambda reader=reader: reader.closed or len(ids(reader)) >= len(told)
                )
                if reader.closed:
                    await reader.close()
                    readers[index] = await connect(port, token, reader.source)
                    await readers[index].got(10, "message")
                assert ids(reader) == told
            second = await workers_of(process, 2)
            assert first[0] not in second
            process.send_signal(signal.SIGTERM)
            for reader in readers:
                await reader.end()
                assert reader.complete
                assert reader.source.frames("drain")
        assert await asyncio.to_thread(process.wait, 15) == 0
    finally:
        for reader in readers:
            await reader.close()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        await engine.dispose()
