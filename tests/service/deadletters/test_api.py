"""Dead letters over HTTP: bounded, without secrets, and with a trace of who did what."""

import dataclasses
import json
from typing import Any

import pytest

from backbone.database.tables import audit_log
from service.deadletters.redaction import HIDDEN, LARGEST_SHOWN, shown, without_secrets
from service.deadletters.store import Letter
from tests.service.world import World

PATH = "/api/v1/platform/dead-letters"
LETTER = Letter(
    id="00000000000000aa",
    rule="required",
    pointer="/payload/shortdomain",
    detail="missing",
    contract_version="1.2.0",
    exchange="jobs.direct",
    routing_key="jobs.env.create",
    content_type="application/json",
    body=json.dumps([[], {"payload": {"job_id": 42, "password": "hunter2"}}, {}]).encode(),
)


@pytest.fixture
async def operator(world: World) -> str:
    return await world.member(7, operator=True)


async def test_letters_are_listed_without_bodies_and_shown_without_secrets(
    world: World, operator: str
) -> None:
    world.dead_letters.queues["jobs"] = [
        dataclasses.replace(LETTER, id=f"{number:016x}") for number in range(5)
    ]
    async with world.client(operator) as http:
        page = (await http.get(PATH, params={"queue": "jobs", "limit": 2})).json()
        assert page["total"] == 5
        assert [item["id"] for item in page["items"]] == [f"{number:016x}" for number in (0, 1)]
        assert all("body" not in item for item in page["items"])
        assert page["items"][0]["size"] == len(LETTER.body)
        assert (await http.get(PATH, params={"queue": "events"})).json() == {
            "items": [],
            "total": 0,
        }
        one = (await http.get(f"{PATH}/jobs/{3:016x}")).json()
        assert one["rule"] == "required"
        assert json.loads(one["body"])[1]["payload"] == {"job_id": 42, "password": HIDDEN}
        assert "hunter2" not in json.dumps(one)
        assert (await http.get(f"{PATH}/jobs/{9:016x}")).status_code == 404
        assert (await http.get(f"{PATH}/nowhere/{3:016x}")).status_code == 422
        assert (await http.get(PATH)).status_code == 422


async def acts(world: World) -> list[tuple[str, str, dict[str, Any]]]:
    rows = await world.rows(audit_log)
    return [(row["action"], row["target"], row["details"]) for row in rows]


async def test_sending_again_and_dropping_leave_a_trace(world: World, operator: str) -> None:
    lost = dataclasses.replace(LETTER, id="00000000000000bb", routing_key="nowhere")
    world.dead_letters.queues["jobs"] = [LETTER, lost]
    async with world.client(operator) as http:
        assert (await http.post(f"{PATH}/jobs/{LETTER.id}/requeue")).status_code == 204
        assert world.dead_letters.sent == [LETTER]
        gone = await http.post(f"{PATH}/jobs/{LETTER.id}/requeue")
        assert gone.status_code == 404
        unrouted = await http.post(f"{PATH}/jobs/{lost.id}/requeue")
        assert (unrouted.status_code, unrouted.json()["code"]) == (409, "dead_letter_unrouted")
        assert (await http.delete(f"{PATH}/jobs/{lost.id}")).status_code == 204
    assert world.dead_letters.queues["jobs"] == []
    first, second = f"jobs:{LETTER.id}", f"jobs:{lost.id}"
    assert await acts(world) == [
        ("dead-letter.requeue", first, {"outcome": "begun"}),
        ("dead-letter.requeue", first, {"outcome": "done", "routing_key": "jobs.env.create"}),
        ("dead-letter.requeue", first, {"outcome": "begun"}),
        ("dead-letter.requeue", first, {"outcome": "not_found"}),
        ("dead-letter.requeue", second, {"outcome": "begun"}),
        ("dead-letter.requeue", second, {"outcome": "dead_letter_unrouted"}),
        ("dead-letter.drop", second, {"outcome": "begun"}),
        ("dead-letter.drop", second, {"outcome": "done", "routing_key": "nowhere"}),
    ]


async def test_owners_are_no_operators(world: World) -> None:
    world.dead_letters.queues["jobs"] = [LETTER]
    async with world.client(await world.member(7)) as http:
        for answer in (
            await http.get(PATH, params={"queue": "jobs"}),
            await http.delete(f"{PATH}/jobs/{LETTER.id}"),
        ):
            assert answer.status_code == 403
    assert world.dead_letters.queues["jobs"] == [LETTER]
    assert await acts(world) == []


TOKEN = "slw_" + "Zx81vQ0m4fKz0mX1" * 3


@pytest.mark.parametrize(
    ("body", "secret"),
    [
        ({"session_key": "abc"}, "abc"),
        ({"Authorization": "abc"}, "abc"),
        ({"deep": [{"api_key": {"value": "abc"}}]}, "abc"),
        ({"note": f"use {TOKEN} please"}, TOKEN),
        ({"url": "amqp://guest:hunter2@broker/"}, "hunter2"),
        ({"text": "Bearer q1w2e3r4t5"}, "q1w2e3r4t5"),
        ({TOKEN: 1}, TOKEN),
    ],
)
def test_what_may_be_a_secret_is_hidden(body: Any, secret: str) -> None:
    text = shown(json.dumps(body).encode())
    assert text is not None
    assert HIDDEN in text
    assert secret not in text


@pytest.mark.parametrize(
    "body", [b"\xff", b"no json", b'"' + b"x" * LARGEST_SHOWN + b'"', b"[" * 5000, b""]
)
def test_what_can_not_be_looked_into_is_not_shown(body: bytes) -> None:
    assert shown(body) is None


def test_what_is_no_secret_stays() -> None:
    body = {"job_id": 42, "shortdomain": "shop-42", "nodes": [{"node_type": "nginxphp"}]}
    assert json.loads(shown(json.dumps(body).encode()) or "") == body
    assert without_secrets("domains.environments.create_environment") == (
        "domains.environments.create_environment"
    )
