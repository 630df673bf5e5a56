"""Ordering environments and their deletion; an order is one commit and waits for no broker."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.engine import reading
from backbone.errors import FieldError, InvalidRequest, NotFound
from backbone.identity import Principal
from backbone.orders.order import CREATE, DELETE, Idempotency, Order, RecordedJob
from generated.messaging.message import send_create_environment, send_delete_environment
from generated.models.environment import EnvironmentCreateRequest, EnvironmentOrder
from generated.models.job import CreateEnvironmentJobPayload, DeleteEnvironmentJobPayload
from service.environments import repository
from service.environments.repository import EnvironmentFilter
from service.node_types import DEFAULT_NODES
from service.orders import Orders, admit, first_task_id, queued_event
from service.page import Page

_NUL_REFUSAL = "Leave out the character U+0000"
_CREATE_MESSAGE = "The order is recorded and waits for a worker"
_DELETE_MESSAGE = "The deletion is recorded and waits for a worker"


async def order_environment(
    orders: Orders, principal: Principal, request: EnvironmentCreateRequest, key: str | None
) -> RecordedJob:
    """Record the job that creates an environment, with its first event and its message.

    The same idempotency key with the same body finds the job that it recorded before, also when
    both arrive at once. Raises `TeamInactive`, `RateLimited`, `InvalidRequest`, `ShortdomainTaken`,
    `IdempotencyKeyReused` and `DatabaseUnavailable`; nothing is written then. Raises
    `OutcomeUnknown` when it may have been.
    """
    await admit(orders, principal)
    wanted = request.model_dump(mode="json", exclude_unset=True)
    _refuse_nul(wanted)
    job_id, now = await orders.identifiers.next(), orders.clock()
    payload = {
        "display_name": wanted["shortdomain"],
        "nodes": DEFAULT_NODES,
        **wanted,
        "job_id": job_id,
        "team_id": principal.team_id,
        "user_id": principal.user_id,
    }
    carried = CreateEnvironmentJobPayload.model_validate(payload)
    order = Order(
        job_id=job_id,
        team_id=principal.team_id,
        user_id=principal.user_id,
        kind=CREATE,
        env_name=wanted["shortdomain"],
        payload=payload,
        event=queued_event(principal, job_id, wanted["shortdomain"], _CREATE_MESSAGE, now),
        dispatch=send_create_environment(carried, task_id=first_task_id(job_id)),
        created_at=now,
        idempotency=None if key is None else Idempotency(key, _request_hash(wanted)),
    )
    return await orders.recorder.record(order)


async def order_deletion(orders: Orders, principal: Principal, environment_id: int) -> RecordedJob:
    """Record the job that deletes an environment.

    Raises `NotFound` for an environment that is another team's or deleted already, `TeamInactive`,
    `RateLimited`, and `EnvironmentBusy` while another job works on it.
    """
    await admit(orders, principal)
    environment = await get_environment(orders.engine, principal, environment_id)
    if environment.deleted_at is not None:
        raise _no_such(environment_id)
    job_id, now = await orders.identifiers.next(), orders.clock()
    payload = DeleteEnvironmentJobPayload(
        job_id=job_id,
        team_id=principal.team_id,
        user_id=principal.user_id,
        environment_id=environment_id,
        env_name=environment.env_name,
    )
    order = Order(
        job_id=job_id,
        team_id=principal.team_id,
        user_id=principal.user_id,
        kind=DELETE,
        env_name=environment.env_name,
        payload=payload.model_dump(mode="json"),
        event=queued_event(principal, job_id, environment.env_name, _DELETE_MESSAGE, now),
        dispatch=send_delete_environment(payload, task_id=first_task_id(job_id)),
        created_at=now,
        environment_id=environment_id,
    )
    return await orders.recorder.record(order)


async def list_environments(
    engine: AsyncEngine,
    principal: Principal,
    wanted: EnvironmentFilter,
    *,
    order: EnvironmentOrder,
    cursor: str | None,
    limit: int,
) -> Page:
    """Return a page of the team's environments. Raises `InvalidRequest` for a forged cursor."""
    async with reading(engine) as conn:
        return await repository.list_environments(
            conn,
            team_id=principal.team_id,
            wanted=wanted,
            order=order,
            cursor=cursor,
            limit=limit,
        )


async def get_environment(
    engine: AsyncEngine, principal: Principal, environment_id: int
) -> Row[Any]:
    """One environment of the team, deleted or not. Raises `NotFound`."""
    async with reading(engine) as conn:
        row = await repository.find_environment(
            conn, team_id=principal.team_id, environment_id=environment_id
        )
    if row is None:
        raise _no_such(environment_id)
    return row


def _refuse_nul(wanted: dict[str, Any]) -> None:
    """Refuse U+0000, which JSON can say and PostgreSQL's text cannot."""
    texts = [("/body/display_name", wanted.get("display_name", ""))]
    texts += [(f"/body/metadata/{name}", text) for name, text in wanted.get("metadata", {}).items()]
    field_errors = [FieldError(pointer, _NUL_REFUSAL) for pointer, text in texts if "\0" in text]
    if field_errors:
        raise InvalidRequest(field_errors=field_errors)


def _request_hash(wanted: dict[str, Any]) -> str:
    """Tell bodies apart by what they say, not by how they are spaced or ordered."""
    canonical = json.dumps(wanted, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"createEnvironment\n{canonical}".encode()).hexdigest()


def _no_such(environment_id: int) -> NotFound:
    return NotFound(f"There is no environment {environment_id} in your team.")
