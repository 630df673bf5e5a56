"""Looking at dead letters, sending them again and dropping them; the audit log tells who did."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.audit import Act, Actor, record
from backbone.database.engine import transaction
from backbone.errors import BusinessError, NotFound
from service.deadletters.redaction import without_secrets
from service.deadletters.store import DeadLetterStore, Letter

Work = Coroutine[Any, Any, Letter | None]


async def list_letters(
    store: DeadLetterStore, queue: str, *, limit: int
) -> tuple[Sequence[Letter], int]:
    """Return the oldest letters of a queue, and how many it holds. Raises `BrokerUnavailable`."""
    return await store.browse(queue, limit=limit)


async def get_letter(store: DeadLetterStore, queue: str, letter_id: str) -> Letter:
    """Return one letter. Raises `NotFound` and `BrokerUnavailable`."""
    return _found(await store.find(queue, letter_id), f"{queue}:{letter_id}")


async def requeue_letter(
    engine: AsyncEngine,
    store: DeadLetterStore,
    actor: Actor,
    *,
    queue: str,
    letter_id: str,
    now: float,
) -> None:
    """Send one letter again. Raises `NotFound`, `DeadLetterUnrouted` and `BrokerUnavailable`."""
    act = Act("dead-letter.requeue", target=f"{queue}:{letter_id}")
    await _do(engine, actor, act, store.requeue(queue, letter_id), now=now)


async def drop_letter(
    engine: AsyncEngine,
    store: DeadLetterStore,
    actor: Actor,
    *,
    queue: str,
    letter_id: str,
    now: float,
) -> None:
    """Remove one letter for good. Raises `NotFound` and `BrokerUnavailable`."""
    act = Act("dead-letter.drop", target=f"{queue}:{letter_id}")
    await _do(engine, actor, act, store.drop(queue, letter_id), now=now)


async def _do(
    engine: AsyncEngine,
    actor: Actor,
    act: Act,
    work: Coroutine[Any, Any, Letter | None],
    *,
    now: float,
) -> None:
    # Broker and database share no transaction. Who wants it is written down first, so that nothing
    # is ever done of which the log does not know; what came of it follows.
    try:
        await _note(engine, actor, act, {"outcome": "begun"}, now)
    except BaseException:
        work.close()
        raise
    try:
        letter = _found(await work, act.target or "")
    except BusinessError as error:
        await _note(engine, actor, act, {"outcome": error.code}, now)
        raise
    done = {"outcome": "done", "routing_key": without_secrets(letter.routing_key)}
    await _note(engine, actor, act, done, now)


async def _note(
    engine: AsyncEngine, actor: Actor, act: Act, details: dict[str, Any], now: float
) -> None:
    async with transaction(engine) as conn:
        await record(conn, actor, replace(act, details=details), now=now)


def _found(letter: Letter | None, name: str) -> Letter:
    if letter is None:
        raise NotFound(f"There is no dead letter {name}.")
    return letter
