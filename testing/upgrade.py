"""A rolling upgrade under load, from an old release's processes to the new one's, and once back."""

import asyncio
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from testing.checkout import ROOT
from testing.installation import STOP_SECONDS, Installation, common_environment, provider, release
from testing.postgres import postgres_database
from testing.rabbitmq import rabbitmq_vhost
from testing.traffic import Traffic, team_token


@dataclass(slots=True)
class Outcome:
    """What was done, what came of it, and which promises were broken."""

    steps: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    traffic: Traffic | None = None


def unpacked(revision: str, folder: Path) -> Path:
    """Put the files of a commit into a folder."""
    folder.mkdir()
    archive = subprocess.run(
        ["git", "archive", revision], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    return folder


async def upgrade_under_load(revision: str, home: Path, *, orders: int) -> Outcome:
    """Upgrade from a commit to this checkout, with `orders` done in each phase."""
    outcome = Outcome()
    old_root = unpacked(revision, home / "old")
    with postgres_database() as database_url, rabbitmq_vhost() as rabbitmq_url:
        environment = common_environment(home, database_url, rabbitmq_url)
        async with provider(home, environment) as simulator:
            old = release(home, environment, simulator, name="old-", root=old_root)
            new = release(home, environment, simulator, name="new-")
            try:
                await _upgrade(outcome, old, new, environment, orders)
            finally:
                for process in (*old.processes.values(), *new.processes.values()):
                    await process.kill()
    return outcome


async def _upgrade(
    outcome: Outcome, old: Installation, new: Installation, environment: dict[str, str], orders: int
) -> None:
    """Somebody orders all the time and somebody reads at each release's gateway, all the way."""

    async def phase(name: str) -> None:
        outcome.steps.append(name)
        await traffic.done(orders)

    # The service migrates, and the others want a schema.
    await old.processes["service"].start()
    await old.start()
    bearer = {"authorization": f"Bearer {await team_token(environment['DATABASE_URL'])}"}
    async with httpx.AsyncClient(headers=bearer, timeout=30) as http:
        traffic = outcome.traffic = Traffic(http, [old.service_url, new.service_url])
        traffic.read(old.gateway_url, new.gateway_url)
        try:
            await phase("the old release alone")
            await asyncio.to_thread(_migrate, environment)
            await phase("the old release on the new schema")
            await new.start()
            traffic.read(new.gateway_url, old.gateway_url)
            await phase("both releases")
            await _end(outcome, new)
            await phase("back: the old release alone, with what the new one left")
            await new.start()
            await _end(outcome, old)
            await phase("the new release alone")
            await traffic.finish()
        except TimeoutError:
            outcome.faults.append("the installation stands still")
        finally:
            await traffic.cancel()
    outcome.faults += traffic.faults
    for process in (*old.processes.values(), *new.processes.values()):
        outcome.faults += [f"{process.name} ended by itself: {code}" for code in process.crashes]


async def _end(outcome: Outcome, installation: Installation) -> None:
    for name, process in installation.processes.items():
        status = await process.terminate(STOP_SECONDS)
        outcome.steps.append(f"{process.name} ended with {status}")
        if status != 0:
            outcome.faults.append(f"the {name} ended with {status}")


def _migrate(environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "slipway", "migrate"], cwd=ROOT, env=environment, check=True
    )
