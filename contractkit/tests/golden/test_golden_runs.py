"""The golden code runs: several statuses, optional headers, lists, deprecation, a wheel."""

import importlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.security import SecurityScopes
from starlette.responses import Response

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def bakery(tmp_path_factory):
    folder = tmp_path_factory.mktemp("golden")
    (folder / "bakery").symlink_to(HERE / "generated")
    sys.path.insert(0, str(folder))
    yield lambda module: importlib.import_module(f"bakery.{module}")
    sys.path.remove(str(folder))
    for module in [m for m in sys.modules if m.split(".")[0] == "bakery"]:
        del sys.modules[module]


@pytest.fixture
async def client(bakery):
    orders, models = bakery("http.orders"), bakery("models.order")

    class Orders(orders.OrdersApi[str]):
        async def get_order(self, *, order_id, fields, trace):
            return models.Order(loaf="rye", count=order_id, for_=f"{fields} {trace}")

        async def place_order(self, principal, *, order_id, body):
            if body.loaf == "rye":
                return orders.PlaceOrderReply(body=body, etag='"2"')
            return orders.PlaceOrderReply(body=body, etag='"1"', status=201)

        async def smell(self, principal):
            return Response("data: {}\n\n", media_type="text/event-stream")

    async def principal(scopes: SecurityScopes) -> str:
        return scopes.scope_str

    app = FastAPI()
    app.include_router(orders.build_orders_router(Orders(), principal))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://bakery"
    ) as client:
        yield client


async def test_lists_headers_and_reserved_names(client):
    answer = await client.get("/orders/7?fields=loaf&fields=count", headers={"x-trace": "t"})
    assert answer.json() == {"loaf": "rye", "count": 7, "for": "['loaf', 'count'] t"}
    assert (await client.get("/orders/7?fields=crumbs")).status_code == 422


@pytest.mark.parametrize(("loaf", "status", "tag"), [("rye", 200, '"2"'), ("wheat", 201, '"1"')])
async def test_several_statuses_headers_and_the_announced_end(client, loaf, status, tag):
    answer = await client.put("/orders/7", json={"loaf": loaf, "for": "Ada"})
    assert (answer.status_code, answer.headers["etag"]) == (status, tag)
    assert answer.json() == {"loaf": loaf, "for": "Ada"}
    assert answer.headers["deprecation"] == "@1767225600"
    assert answer.headers["sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"


async def test_a_stream_is_the_interfaces_own_response(client):
    answer = await client.get("/smells")
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_secrets_in_what_is_sent_are_not_masked(bakery):
    order = bakery("models.order").Order(loaf="rye", secret_note="no seeds")
    message = bakery("messaging.message").send_bake(order, task_id="t")
    assert json.loads(message.body)[1]["payload"]["secret_note"] == "no seeds"


def test_parameters_of_the_caller_and_of_the_payload_make_the_routing_key(bakery):
    sold = bakery("models.order").Sold(type="sold", order_id=7, cents=350)
    message = bakery("messaging.message").send_news(sold, shop="north", stamp="s")
    assert message.routing_key == "shop.north.order.7"
    assert message.headers["x-stamp"] == "s"


def test_the_contracts_are_a_wheel_of_their_own(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=HERE / "generated/package", check=True, capture_output=True)
    (wheel,) = tmp_path.glob("bakery_contracts-3.1.0-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "bakery_contracts/messaging/display.py" in names
    assert "bakery_contracts/py.typed" in names
    assert not any("typescript" in name for name in names)
