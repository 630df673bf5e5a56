"""Eager mode: the whole main job in one process, without broker and worker, as a smoke test wants it."""

import pytest

from flows.orders import STATUSES, follow, shortdomain, signed_in, statuses
from slipway import demo
from testing.stack import RunningStack


@pytest.fixture(scope="module")
def eager(tmp_path_factory):
    home = tmp_path_factory.mktemp("eager")
    with RunningStack.start("embedded", home, CELERY_TASK_ALWAYS_EAGER="true") as running:
        yield running


async def test_an_order_is_done_without_a_broker(eager):
    async with signed_in(eager) as client:
        assert statuses(await follow(client, await demo.order(client, shortdomain()))) == STATUSES
        flaky = await demo.order(client, shortdomain("flaky"))
        assert statuses(await follow(client, flaky))[-1] == "completed"
    assert eager.run.amqp_url is None
