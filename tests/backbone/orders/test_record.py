"""Recording an order: its message carries the request's id, and a line tells of it."""

import structlog
from sqlalchemy import select
from structlog.testing import capture_logs

from backbone.database.engine import reading
from backbone.database.tables import outbox
from backbone.orders.record import Recorder
from backbone.outbox import REQUEST_ID_HEADER
from tests.backbone.rows import creation, make_team


async def test_the_message_carries_the_id_of_the_request(engine):
    await make_team(engine)
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        await Recorder(engine).record(creation())
    async with reading(engine) as conn:
        jobs = outbox.c.position.is_(None)
        [properties] = await conn.scalars(select(outbox.c.properties).where(jobs))
    assert properties["headers"][REQUEST_ID_HEADER] == "r-1"


async def test_a_line_tells_of_an_order_and_of_its_repetition(engine):
    await make_team(engine)
    order = creation(name="shop-1", key="once", job_id=42)
    with capture_logs() as lines:
        await Recorder(engine).record(order)
        await Recorder(engine).record(creation(name="shop-1", key="once", job_id=43))
    told = [(line["event"], line["job_id"], line["env_name"]) for line in lines]
    assert told == [("order_recorded", 42, "shop-1"), ("order_replayed", 42, "shop-1")]
