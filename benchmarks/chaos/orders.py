"""Orders at a steady rate, each sent again with its Idempotency-Key until it is accepted."""

import asyncio
import itertools
import random
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from benchmarks.chaos.accounts import Member
from benchmarks.chaos.audit import BROKEN

# How the simulator treats a name: most run through, some meet a provider in a bad mood.
MOODS = ("run-", "run-", "run-", "run-", "lost-", "flaky-", "busy-", BROKEN)
CANCELLED = 0.1
PAUSE = 0.2


@dataclass(frozen=True, slots=True)
class Accepted:
    """An order with its 202."""

    member: Member
    job_id: int
    shortdomain: str
    last_event_id: str


class Orders:
    """Orders until told to stop; `on_accepted` is called for each order that was accepted."""

    def __init__(
        self,
        service_url: str,
        members: list[Member],
        rate: float,
        dice: random.Random,
        on_accepted: Callable[[Accepted], None],
    ) -> None:
        self.accepted: list[Accepted] = []
        self.sent_again = 0
        self.cancels: Counter[int] = Counter()
        self.refused: Counter[int] = Counter()
        self._client = httpx.AsyncClient(base_url=service_url, timeout=5)
        self._members = members
        self._rate = rate
        self._dice = dice
        self._on_accepted = on_accepted
        self._tasks: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count(1)

    @property
    def waiting(self) -> int:
        """Orders that are not accepted yet."""
        return len(self._tasks)

    async def run(self) -> None:
        """Order until cancelled or closed."""
        while not self._client.is_closed:
            task = asyncio.create_task(self._order(self._dice.choice(self._members)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            await asyncio.sleep(1 / self._rate)

    async def wait_until_accepted(self) -> None:
        """Wait until each order that was begun is accepted."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    async def _order(self, member: Member) -> None:
        name = f"{self._dice.choice(MOODS)}{member.team_id}-{next(self._numbers)}"
        cancel = self._dice.random() < CANCELLED
        pause = self._dice.uniform(0, 0.6)
        body = {"shortdomain": name, "nodes": [{"node_type": "nginxphp", "count": 1}]}
        key = uuid.uuid4().hex
        while True:
            answer = await self._send(member, "/api/v1/environments", key, body)
            if answer is not None and answer.status_code == httpx.codes.ACCEPTED:
                break
            if answer is not None and answer.status_code < 500:
                self.refused[answer.status_code] += 1
                return
            self.sent_again += 1
            await asyncio.sleep(PAUSE)
        told = answer.json()
        order = Accepted(member, told["job_id"], name, told["last_event_id"])
        self.accepted.append(order)
        self._on_accepted(order)
        if cancel:
            await asyncio.sleep(pause)
            await self._cancel(order)

    async def _cancel(self, order: Accepted) -> None:
        answer = await self._send(order.member, f"/api/v1/jobs/{order.job_id}/cancel")
        self.cancels[0 if answer is None else answer.status_code] += 1

    async def _send(
        self, member: Member, path: str, key: str | None = None, body: Any = None
    ) -> httpx.Response | None:
        """Return the answer, or None when there was none."""
        headers = {"Authorization": f"Bearer {member.token}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        try:
            return await self._client.post(path, json=body, headers=headers)
        except httpx.TransportError:
            return None
