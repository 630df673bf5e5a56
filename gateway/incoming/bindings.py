"""Which events the broker sends here: those of the teams that are listened to, or all.

A team is bound before its log is read, so that no event falls between. It is unbound late, when
there is nothing else to do: a browser that comes back finds it bound. Above `most` teams the queue
is bound to all events instead, which bounds how long binding anew takes after a lost connection.
"""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gateway.metrics import Metrics

BATCH = 200
"""Teams that are bound at a time."""

WAIT_SECONDS = 1.0
"""Seconds that a stream waits for its team's binding; then the log is compared when it is made."""


ANY_TEAM = "team.*."
"""How the contract's binding keys begin."""


def team_key(team_id: int) -> str:
    """Return the binding key of a team's events.

    It is wider than the contract's keys, as each word of a key costs the broker: two keys that are
    as exact take it three times as long to bind, and ten times as long to forget.
    """
    return f"team.{team_id}.#"


class Binder(Protocol):
    """The queue of one connection's life."""

    async def bind(self, keys: Sequence[str]) -> None:
        """Bind the queue under keys; return when all of them are in effect."""

    async def unbind(self, keys: Sequence[str]) -> None:
        """Take bindings away."""


class TeamBindings:
    """The `Feed` of a gateway whose queue is bound by team; `keys` are those of all teams.

    `on_late` is called when a team was bound later than somebody waited for it.
    """

    def __init__(
        self, keys: Sequence[str], metrics: Metrics, *, most: int, on_late: Callable[[], None]
    ) -> None:
        self._keys = keys
        self._metrics = metrics
        self._most = most
        self._on_late = on_late
        self._wanted: set[int] = set()
        self._bound: set[int] = set()
        self._missing: dict[int, asyncio.Event] = {}
        self._surplus: dict[int, None] = {}
        self._late: set[int] = set()
        self._everything = False
        self._serving = False
        self._work = asyncio.Event()

    async def listen(self, team_id: int) -> None:
        """As `Feed.listen`: waits for the binding, if there is a connection, and not for long."""
        self._wanted.add(team_id)
        self._surplus.pop(team_id, None)
        if team_id in self._bound:
            return
        bound = self._missing.setdefault(team_id, asyncio.Event())
        self._work.set()
        if not self._serving or self._everything:
            return
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await bound.wait()
        except TimeoutError:
            self._late.add(team_id)

    def leave(self, team_id: int) -> None:
        """As `Feed.leave`."""
        self._wanted.discard(team_id)
        self._late.discard(team_id)
        self._missing.pop(team_id, None)
        if team_id in self._bound:
            self._surplus[team_id] = None
            self._work.set()

    async def begin(self, binder: Binder) -> None:
        """Bind a new connection's queue, which has no bindings yet, to all that is wanted."""
        self._bound.clear()
        self._surplus.clear()
        self._everything = False
        self._missing = {team_id: asyncio.Event() for team_id in self._wanted}
        while await self._step(binder):
            pass
        self._serving = True

    async def serve(self, binder: Binder) -> None:
        """Bind and unbind as teams come and go, until cancelled or refused."""
        while True:
            await self._work.wait()
            self._work.clear()
            while await self._step(binder):
                pass

    def end(self) -> None:
        """Hear that the connection is gone; nobody shall wait for bindings."""
        self._serving = False
        for bound in self._missing.values():
            bound.set()

    async def _step(self, binder: Binder) -> bool:
        """Do what is most urgent; False when there is nothing to do."""
        many = len(self._wanted) > (self._most // 2 if self._everything else self._most)
        if many:
            if self._everything:
                return False
            await binder.bind(self._keys)
            self._everything = True
            self._tell(self._missing)
        elif self._missing:
            await self._bind(binder, list(islice(self._missing, BATCH)))
        elif self._everything:
            self._everything = False
            await binder.unbind(self._keys)
        elif self._surplus:
            team_id, _ = self._surplus.popitem()
            # Before it is done: who listens now has to wait until it is bound again.
            self._bound.discard(team_id)
            await binder.unbind([team_key(team_id)])
        else:
            return False
        self._metrics.team_bindings = 0 if self._everything else len(self._bound)
        return True

    async def _bind(self, binder: Binder, teams: list[int]) -> None:
        await binder.bind([team_key(team_id) for team_id in teams])
        self._tell(teams)
        for team_id in teams:
            self._bound.add(team_id)
            if self._missing.pop(team_id, None) is None:
                # It has left in between.
                self._surplus[team_id] = None

    def _tell(self, teams: Iterable[int]) -> None:
        """Let those go on who wait for teams whose events come from now on."""
        late = False
        for team_id in teams:
            bound = self._missing.get(team_id)
            if bound is not None:
                bound.set()
            late = late or team_id in self._late
            self._late.discard(team_id)
        if late:
            self._on_late()
