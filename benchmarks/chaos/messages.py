"""What a foreign program with the broker's credentials may send: forged, malformed, too large."""

import json
import random
import secrets
from typing import Any

import aio_pika

OVERSIZED = 2_000_000


class ForeignProgram:
    """Publishes what no process of ours would; none of it may be told or executed."""

    def __init__(self, url: str, teams: int, dice: random.Random) -> None:
        self._url = url
        self._teams = teams
        self._dice = dice

    async def send(self) -> None:
        """Send some of each kind."""
        connection = await aio_pika.connect(self._url, timeout=10)
        async with connection:
            channel = await connection.channel()
            events = await channel.get_exchange("events.topic", ensure=False)
            jobs = await channel.get_exchange("jobs.direct", ensure=False)
            for _ in range(5):
                team = self._dice.randint(1, self._teams)
                await events.publish(self._forged(team), f"team.{team}.job.1.status")
                large = aio_pika.Message(bytes(OVERSIZED), content_type="application/json")
                await events.publish(large, f"team.{team}.job.1.status")
                headers: Any = {"lang": "py", "task": "celery.map", "id": secrets.token_hex(4)}
                body = json.dumps([[], {"payload": {}}, {}]).encode()
                await jobs.publish(
                    aio_pika.Message(body, headers=headers, content_type="application/json"),
                    "jobs.env.create",
                )

    def _forged(self, team: int) -> aio_pika.Message:
        """Return an ending under the position of an event that is still to come."""
        position = self._dice.randint(1, 10_000)
        body = {
            "type": "job_status",
            "job_id": 1,
            "team_id": team,
            "status": "completed",
            "message": "forged",
            "env_name": "forged",
            "occurred_at": 1_766_000_000,
        }
        return aio_pika.Message(
            json.dumps(body).encode(),
            content_type="application/json",
            headers={"x-event-id": f"{secrets.token_hex(4)}.{position}"},
        )
