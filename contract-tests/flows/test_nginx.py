"""The proxy's configuration that operators are given: streams go through it as they come."""

import asyncio

import httpx
import pytest
from httpx_sse import aconnect_sse

from flows.orders import STATUSES, follow, shortdomain, statuses
from slipway import demo
from testing.missing import ServiceMissing, skip_or_fail
from testing.nginx import nginx_before

SECONDS = 30.0


@pytest.fixture
def proxied(stack):
    try:
        with nginx_before(stack.origin.base_url) as origin:
            yield origin
    except ServiceMissing as reason:
        skip_or_fail(reason)


@pytest.fixture
async def through(stack, proxied):
    async with httpx.AsyncClient(base_url=proxied, timeout=SECONDS) as client:
        await demo.sign_in(client, demo.Credentials(stack.origin.email, stack.origin.password))
        yield client


async def test_a_frame_is_there_while_the_stream_is_open(through):
    async with (
        asyncio.timeout(SECONDS),
        aconnect_sse(through, "GET", "/api/v1/events") as source,
    ):
        assert source.response.headers["content-type"].startswith("text/event-stream")
        async for event in source.aiter_sse():
            if event.event == "sync":
                return
    pytest.fail("the stream ended")


async def test_an_order_is_followed_to_its_end_through_the_proxy(through):
    accepted = await demo.order(through, shortdomain("nginx"))
    assert statuses(await follow(through, accepted)) == STATUSES


async def test_metrics_stay_inside(through):
    assert (await through.get("/metrics")).status_code == 404
    assert (await through.get("/docs")).status_code == 200
