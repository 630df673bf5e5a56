"""Group commit on PostgreSQL: what comes while others are written is written together, next."""

import asyncio
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import asyncpg
from sqlalchemy.exc import IntegrityError

from generated.messaging.contract import ContractError

T = TypeVar("T")
R = TypeVar("R")
T_contra = TypeVar("T_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)

MOST = 64
"""Writes in a statement: enough for the commit to cost little of each, few enough to be quick."""


class Statement(Protocol[T_contra, R_co]):
    """Writes several in one commit, or none of them."""

    async def __call__(self, items: Sequence[T_contra], /, *, waits: bool) -> Mapping[int, R_co]:
        """Return what came of each by its id; without `waits` what is locked is left out."""
        ...


@dataclass(eq=False, slots=True)
class _Waiting(Generic[T, R]):
    item: T
    id: int
    names: frozenset[Hashable]
    place: asyncio.Future[R | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Group(Generic[T, R]):
    """Writes of one kind, in one process; one statement at a time.

    What comes alone is written at once. Under load a statement holds what came during the one
    before, so round trips, commits and the locks of teams' rows are shared. Nothing waits for
    another's lock: what finds its rows locked is written by itself, and waits alone.
    """

    def __init__(self, statement: Statement[T, R], name: str) -> None:
        self._statement = statement
        self._name = name
        self._waiting: list[_Waiting[T, R]] = []
        self._task: asyncio.Task[None] | None = None

    async def write(self, item: T, id_: int, names: Iterable[Hashable]) -> R | None:
        """Write an item in one commit and return what came of it; None when it may not be written.

        No statement holds two of a name. Raises IntegrityError when a duplicate came first, and
        DatabaseUnavailable. Nothing is written then.
        """
        waiting: _Waiting[T, R] = _Waiting(item, id_, frozenset(names))
        self._waiting.append(waiting)
        if self._task is None:
            self._task = asyncio.create_task(self._write_all(), name=self._name)
        found = await waiting.place
        if found is None:
            found = (await self._statement([item], waits=True)).get(id_)
        return found

    async def _write_all(self) -> None:
        try:
            while group := self._take():
                await self._write(group)
        finally:
            self._task = None

    def _take(self) -> list[_Waiting[T, R]]:
        """Take the next items; of duplicates only the first, whose fate the others must see."""
        group: list[_Waiting[T, R]] = []
        left: list[_Waiting[T, R]] = []
        taken: set[Hashable] = set()
        for waiting in self._waiting:
            if waiting.place.done():
                continue  # who wanted it has gone
            if len(group) < MOST and taken.isdisjoint(waiting.names):
                group.append(waiting)
                taken |= waiting.names
            else:
                left.append(waiting)
        self._waiting = left
        return group

    async def _write(self, group: list[_Waiting[T, R]]) -> None:
        found: Mapping[int, R] = {}
        try:
            found = await self._statement([waiting.item for waiting in group], waits=False)
        except (IntegrityError, asyncpg.DataError, ContractError):
            pass  # one of them spoils it for all: each goes by itself, and hears its own error
        except Exception as error:  # noqa: BLE001 - each of them must hear of it
            for waiting in group:
                if not waiting.place.done():
                    waiting.place.set_exception(error)
            return
        for waiting in group:
            if not waiting.place.done():
                waiting.place.set_result(found.get(waiting.id))
