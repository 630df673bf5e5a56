"""Another sign-in to an account: told to the open sessions, or held until one of them answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import MISSING
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.audit import Act, Actor, record
from backbone.database.engine import reading, transaction
from backbone.database.tables import exchange_tokens
from backbone.errors import NotFound, SignInPending, SignInRefused
from backbone.events.append import append
from generated.models.access import SignInAnswer
from generated.models.event import ConcurrentLoginAnsweredEvent, ConcurrentLoginRequestedEvent
from service.auth import repository

APPROVE, REFUSE = "approve", "refuse"


@dataclass(frozen=True, slots=True)
class ConcurrentSignIns:
    """What becomes of a sign-in while the user has sessions.

    `allow` says nothing, `notify` tells the sessions, `ask` waits `timeout` seconds for an answer
    of one of them; without one, `unanswered` decides.
    """

    policy: Literal["allow", "notify", "ask"] = "notify"
    timeout: float = 60.0
    unanswered: Literal["approve", "refuse"] = "refuse"


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A sign-in that waits; times in epoch seconds."""

    request_id: str
    created_at: float
    answer_until: float
    address: str | None
    user_agent: str | None


async def announce(
    conn: AsyncConnection,
    user_id: int,
    team_ids: Sequence[int],
    *,
    now: float,
    request_id: str | None,
    answer_until: float | None,
) -> None:
    """Tell the user's sessions in these teams; `request_id` if they are to answer."""
    for team_id in team_ids:
        event = ConcurrentLoginRequestedEvent(
            type="concurrent_login_requested",
            team_id=team_id,
            user_id=user_id,
            message="Another sign-in to your account was requested",
            request_id=MISSING if request_id is None else request_id,
            answer_until=MISSING if answer_until is None else int(answer_until),
            occurred_at=int(now),
        )
        await append(conn, team_id, event, now=now)


async def require_approval(
    conn: AsyncConnection, token_hash: str, rules: ConcurrentSignIns, now: float
) -> None:
    """Let a sign-in pass that need not wait or is approved. Reads the row that was just used up.

    Raises `SignInPending` and `SignInRefused`; the caller's transaction is lost then, so that the
    token can still be used.
    """
    query = select(exchange_tokens.c.answer_until, exchange_tokens.c.answer)
    row = (await conn.execute(query.where(exchange_tokens.c.token_hash == token_hash))).one()
    if row.answer_until is None or row.answer == APPROVE:
        return
    if row.answer == REFUSE:
        raise SignInRefused
    if now < row.answer_until:
        raise SignInPending
    if rules.unanswered == REFUSE:
        raise SignInRefused("No session of the account approved this sign-in in time.")


async def list_waiting(engine: AsyncEngine, *, user_id: int, now: float) -> Sequence[WaitingRow]:
    """Return the user's sign-ins that wait for an answer, the newest first."""
    query = (
        select(
            exchange_tokens.c.request_id,
            exchange_tokens.c.created_at,
            exchange_tokens.c.answer_until,
            exchange_tokens.c.address,
            exchange_tokens.c.user_agent,
        )
        .where(
            exchange_tokens.c.user_id == user_id,
            exchange_tokens.c.answer_until > now,
            exchange_tokens.c.answer.is_(None),
        )
        .order_by(exchange_tokens.c.created_at.desc())
        .limit(100)
    )
    async with reading(engine) as conn:
        return [WaitingRow(*row) for row in (await conn.execute(query)).all()]


async def answer(
    engine: AsyncEngine,
    actor: Actor,
    *,
    user_id: int,
    request_id: str,
    decision: SignInAnswer,
    now: float,
) -> None:
    """Decide about a sign-in; the first answer counts. Raises `NotFound` when none is wanted."""
    statement = (
        update(exchange_tokens)
        .where(
            exchange_tokens.c.user_id == user_id,
            exchange_tokens.c.request_id == request_id,
            exchange_tokens.c.answer_until > now,
            exchange_tokens.c.answer.is_(None),
        )
        .values(answer=decision.value)
        .returning(exchange_tokens.c.request_id)
    )
    async with transaction(engine) as conn:
        if (await conn.execute(statement)).one_or_none() is None:
            raise NotFound("This sign-in waits for no answer: it was answered, or it is too late.")
        for team_id in await repository.teams_with_sessions(conn, user_id, now):
            event = ConcurrentLoginAnsweredEvent(
                type="concurrent_login_answered",
                team_id=team_id,
                user_id=user_id,
                request_id=request_id,
                answer=decision,
                message=f"Another sign-in to your account was {decision.value}d",
                occurred_at=int(now),
            )
            await append(conn, team_id, event, now=now)
        act = Act("sign-in.answer", target=f"user:{user_id}", details={"answer": decision.value})
        await record(conn, actor, act, now=now)
