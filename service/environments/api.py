"""The `environments` operations over HTTP; translates only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from backbone.events.position import EventId
from backbone.identity import Principal
from generated.http.environments import (
    CreateEnvironmentReply,
    DeleteEnvironmentReply,
    EnvironmentsApi,
)
from generated.models.environment import (
    Environment,
    EnvironmentCreateRequest,
    EnvironmentOrder,
    EnvironmentPage,
    NodeOffer,
)
from service.environments import use_cases
from service.environments.repository import EnvironmentFilter
from service.node_types import DEFAULT_NODES, node_offer
from service.orders import Orders, accepted, location

_ABSENT_WHEN_NULL = ("app_id", "domain", "display_name", "metadata")


class EnvironmentOperations(EnvironmentsApi[Principal]):
    """Orders for environments, and the environments themselves."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    async def list_environments(
        self,
        principal: Principal,
        *,
        cursor: str | None,
        limit: int,
        status: Sequence[str] | None,
        text: str | None,
        order: EnvironmentOrder,
    ) -> EnvironmentPage:
        """List the team's environments."""
        page = await use_cases.list_environments(
            self._orders.engine,
            principal,
            EnvironmentFilter(frozenset(status or ()), text),
            order=order,
            cursor=cursor,
            limit=limit,
        )
        return EnvironmentPage(
            items=[_environment(row) for row in page.rows],
            next_cursor=page.next_cursor,
            last_event_id=page.last_event_id,
        )

    async def create_environment(
        self, principal: Principal, *, idempotency_key: str | None, body: EnvironmentCreateRequest
    ) -> CreateEnvironmentReply:
        """Take an order."""
        job = await use_cases.order_environment(self._orders, principal, body, idempotency_key)
        return CreateEnvironmentReply(body=accepted(job), location=location(job))

    async def get_environment(self, principal: Principal, *, environment_id: int) -> Environment:
        """Show one environment."""
        row = await use_cases.get_environment(self._orders.engine, principal, environment_id)
        place = EventId(row.epoch, row.last_position)
        return _environment(
            row, nodes=row.ordered.get("nodes", DEFAULT_NODES), last_event_id=str(place)
        )

    async def list_node_types(
        self,
        principal: Principal,  # noqa: ARG002 - the same for all
    ) -> NodeOffer:
        """Tell what the order form offers."""
        return node_offer()

    async def delete_environment(
        self, principal: Principal, *, environment_id: int
    ) -> DeleteEnvironmentReply:
        """Take an order to delete."""
        job = await use_cases.order_deletion(self._orders, principal, environment_id)
        return DeleteEnvironmentReply(body=accepted(job), location=location(job))


def _environment(row: Row[Any], **more: Any) -> Environment:
    """Write times as whole seconds, rounded down; what is null in the table is absent."""
    values = row._asdict() | more
    for name in ("deleted_at", "epoch", "last_position", "searched_to", "ordered"):
        values.pop(name, None)
    values["created_at"] = int(values["created_at"])
    for name in _ABSENT_WHEN_NULL:
        if values[name] is None:
            del values[name]
    return Environment.model_validate(values)
