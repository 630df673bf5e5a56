"""The `deadletters` operations over HTTP; translates only, and hides what may be a secret."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import MISSING
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.errors import BrokerUnavailable
from backbone.identity import Principal
from generated.http.deadletters import DeadlettersApi
from generated.models.deadletter import DeadLetter, DeadLetterList, DeadLetterQueue
from service.acting import acting
from service.deadletters import use_cases
from service.deadletters.redaction import shown, without_secrets
from service.deadletters.store import DeadLetterStore, Letter


class DeadLetterOperations(DeadlettersApi[Principal]):
    """Messages that could not be delivered, for platform operators."""

    def __init__(
        self, engine: AsyncEngine, store: DeadLetterStore | None, clock: Callable[[], float]
    ) -> None:
        self._engine = engine
        self._given_store = store
        self._clock = clock

    @property
    def _store(self) -> DeadLetterStore:
        if self._given_store is None:
            raise BrokerUnavailable("This process is not connected to the broker.")
        return self._given_store

    async def list_dead_letters(
        self,
        principal: Principal,  # noqa: ARG002 - who may is decided before
        *,
        queue: DeadLetterQueue,
        limit: int,
    ) -> DeadLetterList:
        """List a queue's oldest letters."""
        letters, total = await use_cases.list_letters(self._store, queue.value, limit=limit)
        return DeadLetterList(items=[_letter(queue, letter) for letter in letters], total=total)

    async def get_dead_letter(
        self,
        principal: Principal,  # noqa: ARG002 - who may is decided before
        *,
        queue: DeadLetterQueue,
        letter_id: str,
    ) -> DeadLetter:
        """Show a letter with its body."""
        letter = await use_cases.get_letter(self._store, queue.value, letter_id)
        return _letter(queue, letter, body=shown(letter.body))

    async def requeue_dead_letter(
        self, principal: Principal, *, queue: DeadLetterQueue, letter_id: str
    ) -> None:
        """Send a letter again."""
        await use_cases.requeue_letter(
            self._engine,
            self._store,
            acting(principal),
            queue=queue.value,
            letter_id=letter_id,
            now=self._clock(),
        )

    async def drop_dead_letter(
        self, principal: Principal, *, queue: DeadLetterQueue, letter_id: str
    ) -> None:
        """Remove a letter for good."""
        await use_cases.drop_letter(
            self._engine,
            self._store,
            acting(principal),
            queue=queue.value,
            letter_id=letter_id,
            now=self._clock(),
        )


def _letter(queue: DeadLetterQueue, letter: Letter, body: str | None = None) -> DeadLetter:
    return DeadLetter(
        id=letter.id,
        queue=queue,
        rule=_text(letter.rule, 256),
        pointer=_text(letter.pointer, 512),
        detail=_text(letter.detail, 1024),
        exchange=_text(letter.exchange, 255),
        routing_key=_text(letter.routing_key, 255),
        contract_version=_text(letter.contract_version, 64) or MISSING,
        content_type=_text(letter.content_type, 255) or MISSING,
        size=len(letter.body),
        body=MISSING if body is None else body,
    )


def _text(value: str, most: int) -> str:
    return without_secrets(value)[:most]
