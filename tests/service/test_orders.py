"""Recording an order: its message carries the request's id, and a line tells of it."""

from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from backbone.orders.order import Order, RecordedJob
from backbone.outbox import REQUEST_ID_HEADER
from service.orders import Orders, record
from tests.backbone.rows import creation


class MemoryRecorder:
    def __init__(self, *, replayed: bool) -> None:
        self.replayed = replayed
        self.recorded: list[Order] = []

    async def record(self, order: Order) -> RecordedJob:
        self.recorded.append(order)
        return RecordedJob(42, "queued", "epoch7.1", replayed=self.replayed)


def orders(recorder: Any) -> Orders:
    nothing: Any = None
    return Orders(nothing, recorder, nothing, float, nothing, nothing)


async def test_the_message_is_recorded_with_the_id_of_the_request() -> None:
    recorder = MemoryRecorder(replayed=False)
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        await record(orders(recorder), creation())
    await record(orders(recorder), creation())
    ids = [order.dispatch.headers.get(REQUEST_ID_HEADER) for order in recorder.recorded]
    assert ids == ["r-1", None]


@pytest.mark.parametrize(
    ("replayed", "event"), [(False, "order_recorded"), (True, "order_replayed")]
)
async def test_a_line_tells_what_became_of_it(*, replayed: bool, event: str) -> None:
    with capture_logs() as lines:
        recorded = await record(orders(MemoryRecorder(replayed=replayed)), creation(name="shop-1"))
    assert recorded.job_id == 42
    [line] = lines
    assert (line["event"], line["job_id"], line["env_name"]) == (event, 42, "shop-1")
