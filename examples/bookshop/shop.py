"""The shop: the generated interface implemented, each order told to the mailroom.

Run it: BROKER=amqp://guest:guest@localhost:5672/ uvicorn shop:create_app --factory
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException
from faststream.rabbit import RabbitBroker

from generated.http.orders import OrdersApi, build_orders_router
from generated.messaging.publisher import ShopPublisher
from generated.models.order import NewOrder, Order


class Orders(OrdersApi[None]):
    """Keeps orders in memory; requests that break the contract never come this far."""

    def __init__(self, publisher: ShopPublisher) -> None:
        self._publisher = publisher
        self._orders: list[Order] = []

    async def place_order(self, *, body: NewOrder) -> Order:
        """Give the order a number and tell the mailroom."""
        order = Order(order_id=len(self._orders) + 1, title=body.title, copies=body.copies)
        await self._publisher.send_order_placed(order)
        self._orders.append(order)
        return order

    async def get_order(self, *, order_id: int) -> Order:
        """Find an order. Raises 404."""
        if order_id > len(self._orders):
            raise HTTPException(404, "No such order")
        return self._orders[order_id - 1]


async def nobody() -> None:
    """Return who asks: this shop's operations are open to all."""


def create_app() -> FastAPI:
    """Make the application on the broker that the variable BROKER names."""
    broker = RabbitBroker(os.environ["BROKER"])

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with broker:
            await broker.start()
            yield

    app = FastAPI(title="Bookshop", lifespan=lifespan)
    app.include_router(build_orders_router(Orders(ShopPublisher(broker)), nobody))
    return app
