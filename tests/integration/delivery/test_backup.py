"""Backup and restore by the commands of `docs/restore.md`, on real processes, with a reader."""

import asyncio
import json
import shutil
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from backbone.database.migrate import upgrade
from backbone.identifiers import LOST
from slipway.demo import Credentials, session_token
from testing.documented import commands, run
from testing.installation import installation
from testing.missing import ServiceMissing, skip_or_fail
from testing.postgres import binary, postgres_database, server_url
from testing.rabbitmq import rabbitmq_vhost
from testing.stack import RunningStack
from testing.traffic import frames, team_token

ENDED = {"completed", "failed", "cancelled"}


async def ordered(http: httpx.AsyncClient, name: str) -> dict[str, Any]:
    """Order an environment and wait until the job is over; gives the job."""
    answer = await http.post("environments", json={"shortdomain": name})
    assert answer.status_code == 202, answer.text
    job_id = answer.json()["job_id"]
    async with asyncio.timeout(240):
        while (job := (await http.get(f"jobs/{job_id}")).json())["status"] not in ENDED:
            await asyncio.sleep(0.1)
    return job


async def order(http: httpx.AsyncClient, name: str) -> int:
    """Order an environment and wait until it is there; gives the job's id."""
    job = await ordered(http, name)
    assert job["status"] == "completed", job
    return job["id"]


class Reader:
    """Reads the team's stream as a browser does, and keeps the frames."""

    def __init__(self, http: httpx.AsyncClient, last_id: str | None = None) -> None:
        self.frames: list[dict[str, str]] = []
        self.last_id = last_id
        self._http = http

    @asynccontextmanager
    async def reading(self):
        task = asyncio.create_task(self._read())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def until(self, found) -> dict[str, str]:
        """Wait for a frame."""
        async with asyncio.timeout(240):
            while not (frames := [frame for frame in self.frames if found(frame)]):
                await asyncio.sleep(0.05)
        return frames[0]

    async def end_of(self, job_id: int) -> dict[str, str]:
        def ends(frame: dict[str, str]) -> bool:
            body = json.loads(frame.get("data") or "{}")
            return body.get("job_id") == job_id and body.get("status") == "completed"

        return await self.until(lambda frame: frame.get("event") == "message" and ends(frame))

    async def reset(self) -> list[int]:
        """Wait for a `reset`; gives the jobs that its snapshot tells."""
        frame = await self.until(lambda frame: frame.get("event") == "reset")
        return [job["id"] for job in json.loads(frame["data"])["snapshot"]["jobs"]]

    async def _read(self) -> None:
        while True:
            headers = {} if self.last_id is None else {"last-event-id": self.last_id}
            try:
                async with self._http.stream("GET", "events", headers=headers) as stream:
                    await self._take_all(stream)
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)

    async def _take_all(self, stream: httpx.Response) -> None:
        async for frame in frames(stream):
            self.frames.append(frame)
            self.last_id = frame.get("id", self.last_id)


def client(origin: str, token: str) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=f"{origin}/api/v1", headers=headers, timeout=60)


@pytest.mark.postgres
@pytest.mark.rabbitmq
@pytest.mark.timeout(900)
async def test_postgresql_is_dumped_while_all_works_and_restored_below_a_living_gateway(tmp_path):
    try:
        with postgres_database() as database_url, rabbitmq_vhost() as rabbitmq_url:
            await upgrade(database_url)
            token = await team_token(database_url)
            async with installation(
                tmp_path, database_url=database_url, rabbitmq_url=rabbitmq_url
            ) as running:
                await _dump_and_restore(running, database_url, token, tmp_path)
    except ServiceMissing as reason:
        skip_or_fail(reason)


async def _dump_and_restore(running, database_url, token, folder):
    environment = {
        "DATABASE_URL": database_url,
        "DATABASE": database_url.rsplit("/", 1)[1],
        "MAINTENANCE_URL": server_url(),
        "SLIPWAY_HOME": str(folder),
    }

    async def do(heading: str) -> str:
        (shell,) = commands("restore.md", heading)
        return await asyncio.to_thread(
            run, shell, environment, folder, str(Path(binary("pg_dump")).parent)
        )

    service, gateway = client(running.service_url, token), client(running.gateway_url, token)
    async with service, gateway, Reader(gateway).reading() as reader:
        kept = await order(service, "kept")
        await reader.end_of(kept)
        await do("Back up PostgreSQL")
        lost = await order(service, "lost")
        await reader.end_of(lost)
        away = reader.last_id
        stopped = [running.processes[name] for name in ("service", "relay", "worker")]
        for process in stopped:
            assert await process.terminate(20.0) == 0
        assert "1 event log" in await do("Restore PostgreSQL")
        assert await reader.reset() == [kept]
        await running.start()
        assert (await service.get(f"jobs/{kept}")).json()["status"] == "completed"
        assert (await service.get(f"jobs/{lost}")).status_code == 404
        async with Reader(gateway, away).reading() as back:
            assert await back.reset() == [kept]
        # What was built for the lost order is still at the provider and bears its mark, so nobody
        # else gets it.
        assert (await ordered(service, "lost"))["error_code"] == "name_taken"
        new = await order(service, "new")
        assert new > lost + LOST, "the provider may know something by an id that was lost"
        await reader.end_of(new)
    assert not any(process.crashes for process in running.processes.values())


@pytest.mark.timeout(600)
async def test_the_folder_of_an_embedded_stack_is_copied_and_put_back(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    environment = {"SLIPWAY_HOME": str(home)}
    with RunningStack.start("embedded", home) as stack:

        async def signed_in() -> httpx.AsyncClient:
            origin = stack.origin
            credentials = Credentials(origin.email, origin.password)
            return client(origin.base_url, await session_token(origin.base_url, credentials))

        async with await signed_in() as http, Reader(http).reading() as reader:
            kept = await order(http, "kept")
            await reader.end_of(kept)
        assert stack.stop() == 0
        (shell,) = commands("restore.md", "Back up SQLite")
        run(shell, environment, tmp_path)
        stack.launch()
        async with await signed_in() as http, Reader(http).reading() as reader:
            lost = await order(http, "lost")
            await reader.end_of(lost)
        assert stack.stop() == 0
        (shell,) = commands("restore.md", "Restore SQLite")
        assert "event log" in run(shell, environment, tmp_path)
        stack.launch()
        async with await signed_in() as http, Reader(http, reader.last_id).reading() as back:
            assert kept in await back.reset()
            assert (await http.get(f"jobs/{kept}")).json()["status"] == "completed"
            assert (await http.get(f"jobs/{lost}")).status_code == 404
            await back.end_of(await order(http, "new"))
    shutil.rmtree(tmp_path / "slipway-backup")
