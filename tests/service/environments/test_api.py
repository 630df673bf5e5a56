"""Orders over HTTP: one commit, one job per key, and a documented problem for each refusal."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.database.tables import environments, events, idempotency_keys, job_logs, outbox
from tests.service.world import World, build_world

PATH = "/api/v1/environments"
TABLES = (job_logs, events, outbox, idempotency_keys)


async def nothing_written(world: World) -> bool:
    return not any([await world.rows(table) for table in TABLES])


async def test_an_order_writes_job_event_and_messages_together(world: World) -> None:
    token = await world.member(7)
    body = {
        "shortdomain": "shop-42",
        "display_name": "Web shop",
        "nodes": [{"node_type": "nginxphp", "count": 2}],
        "metadata": {"project": "web-shop"},
    }
    async with world.client(token) as http:
        answer = await http.post(PATH, json=body)
        assert answer.status_code == 202, answer.text
        accepted = answer.json()
        shown = await http.get(answer.headers["location"])
    job_id = accepted["job_id"]
    assert accepted == {"job_id": job_id, "status": "queued", "last_event_id": "epoch7.0"}
    assert answer.headers["location"] == f"/api/v1/jobs/{job_id}"
    assert shown.json()["status"] == "queued"
    assert shown.json()["kind"] == "environment.create"
    (event,) = await world.log(7)
    assert event["job_id"] == job_id
    assert event["status"] == "queued"
    assert event["env_name"] == "shop-42"
    assert sorted(await world.outgoing()) == ["jobs.env.create", f"team.7.job.{job_id}.status"]
    (job,) = await world.rows(job_logs)
    payload = {**body, "job_id": job_id, "team_id": 7, "user_id": 701}
    assert job["payload"] == payload
    (message,) = [row for row in await world.rows(outbox) if row["routing_key"].startswith("jobs")]
    args, kwargs, _ = json.loads(message["body"])
    assert args == []
    assert kwargs == {"payload": payload}
    assert message["properties"]["headers"]["task"] == "domains.environments.create_environment"
    assert message["properties"]["headers"]["id"] == f"job-{job_id}-1"


async def test_what_an_order_leaves_out_has_defaults(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        await http.post(PATH, json={"shortdomain": "shop-42"})
    (job,) = await world.rows(job_logs)
    assert job["payload"]["nodes"] == [{"node_type": "nginxphp"}]
    assert job["payload"]["display_name"] == "shop-42"
    assert "region" not in job["payload"]


async def test_a_repeated_order_is_the_same_order(world: World) -> None:
    headers = {"Idempotency-Key": "order-1"}
    async with world.client(await world.member(7)) as http:
        first = await http.post(
            PATH, json={"shortdomain": "shop-42", "display_name": "S"}, headers=headers
        )
        # The same said in another order and spacing.
        again = await http.post(
            PATH,
            content='{ "display_name": "S",\n "shortdomain": "shop-42" }',
            headers={**headers, "Content-Type": "application/json"},
        )
        other = await http.post(PATH, json={"shortdomain": "shop-43"}, headers=headers)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"
    assert len(await world.rows(job_logs)) == 1
    assert len(await world.rows(outbox)) == 2


async def test_the_same_response_even_after_the_job_has_moved_on(world: World) -> None:
    headers = {"Idempotency-Key": "order-1"}
    async with world.client(await world.member(7)) as http:
        first = await http.post(PATH, json={"shortdomain": "shop-42"}, headers=headers)
        await http.post(f"/api/v1/jobs/{first.json()['job_id']}/cancel")
        again = await http.post(PATH, json={"shortdomain": "shop-42"}, headers=headers)
    assert again.json() == first.json()


async def test_concurrent_duplicates_are_one_order(world: World) -> None:
    headers = {"Idempotency-Key": "order-1"}
    async with world.client(await world.member(7)) as http:
        answers = await asyncio.gather(
            *(http.post(PATH, json={"shortdomain": "shop-42"}, headers=headers) for _ in range(8))
        )
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert len(await world.rows(job_logs)) == 1


async def test_keys_belong_to_their_user_and_team(world: World) -> None:
    await world.team(8)
    headers = {"Idempotency-Key": "order-1"}
    tokens = [await world.member(7), await world.member(7, user_id=702), await world.member(8)]
    for number, token in enumerate(tokens):
        async with world.client(token) as http:
            answer = await http.post(PATH, json={"shortdomain": f"shop-{number}"}, headers=headers)
            assert answer.status_code == 202
    assert len(await world.rows(job_logs)) == 3


async def test_a_name_is_taken_by_an_order_and_by_an_environment(world: World) -> None:
    await world.team(8)
    await world.environment(7, "old-shop")
    async with world.client(await world.member(7)) as http:
        assert (await http.post(PATH, json={"shortdomain": "shop-42"})).status_code == 202
        for taken in ("shop-42", "old-shop"):
            answer = await http.post(PATH, json={"shortdomain": taken})
            assert answer.status_code == 409, answer.text
            assert answer.json()["code"] == "shortdomain_taken"
    async with world.client(await world.member(8)) as http:
        # What another team has is the provider's matter, and nobody's to know.
        assert (await http.post(PATH, json={"shortdomain": "shop-42"})).status_code == 202


async def test_of_two_orders_for_a_name_at_once_one_wins(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        answers = await asyncio.gather(
            *(http.post(PATH, json={"shortdomain": "shop-42"}) for _ in range(6))
        )
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 5
    assert len(await world.log(7)) == 1


async def test_a_cancelled_order_gives_its_name_back(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        first = await http.post(PATH, json={"shortdomain": "shop-42"})
        await http.post(f"/api/v1/jobs/{first.json()['job_id']}/cancel")
        assert (await http.post(PATH, json={"shortdomain": "shop-42"})).status_code == 202


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/body/shortdomain"),
        ({"shortdomain": "Shop"}, "/body/shortdomain"),
        ({"shortdomain": "ab"}, "/body/shortdomain"),
        ({"shortdomain": 42}, "/body/shortdomain"),
        ({"shortdomain": "shop-42", "colour": "red"}, "/body/colour"),
        ({"shortdomain": "shop-42", "display_name": None}, "/body/display_name"),
        ({"shortdomain": "shop-42", "nodes": []}, "/body/nodes"),
        (
            {"shortdomain": "shop-42", "nodes": [{"node_type": "x", "count": 0}]},
            "/body/nodes/0/count",
        ),
        (
            {"shortdomain": "shop-42", "nodes": [{"node_type": "x", "count": "1"}]},
            "/body/nodes/0/count",
        ),
        (
            {"shortdomain": "shop-42", "nodes": [{"node_type": "x", "a/b~c": 1}]},
            "/body/nodes/0/a~1b~0c",
        ),
        ([], "/body"),
    ],
)
async def test_a_body_that_breaks_the_contract_is_told_where(
    world: World, body: Any, pointer: str
) -> None:
    async with world.client(await world.member(7)) as http:
        answer = await http.post(PATH, json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "invalid_request"
    assert pointer in [error["pointer"] for error in problem["errors"]]
    assert await nothing_written(world)


async def test_a_character_that_the_database_has_not_is_refused_with_its_place(
    world: World,
) -> None:
    body = {"shortdomain": "shop-42", "display_name": "a\0b", "metadata": {"k": "\0", "l": "x"}}
    async with world.client(await world.member(7)) as http:
        answer = await http.post(PATH, json=body)
        # The text that looks like its escape is another text.
        fine = await http.post(PATH, json={"shortdomain": "shop-42", "display_name": r"a\u0000b"})
    assert answer.status_code == 422
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert pointers == ["/body/display_name", "/body/metadata/k"]
    assert fine.status_code == 202


async def test_a_body_that_is_no_json_is_a_bad_request(world: World) -> None:
    async with world.client(await world.member(7)) as http:
        for content in (b"{", b'{"shortdomain": }', b"\xff\xfe", b""):
            answer = await http.post(
                PATH, content=content, headers={"Content-Type": "application/json"}
            )
            assert answer.status_code in ({400} if content else {400, 422}), answer.text
            assert answer.headers["content-type"] == "application/problem+json"
    assert await nothing_written(world)


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, "ä"])
async def test_a_key_of_another_shape_is_refused(world: World, key: str) -> None:
    async with world.client(await world.member(7)) as http:
        answer = await http.post(
            PATH, json={"shortdomain": "shop-42"}, headers={"Idempotency-Key": key.encode()}
        )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].lower() == "/header/idempotency-key"
    assert await nothing_written(world)


@pytest.mark.parametrize("status", ["PAST_DUE", "SUSPENDED", "CANCELED"])
async def test_an_inactive_team_orders_nothing(world: World, status: str) -> None:
    await world.team(9, status)
    environment_id = await world.environment(9, "old-shop")
    async with world.client(await world.member(9)) as http:
        for answer in (
            await http.post(PATH, json={"shortdomain": "shop-42"}),
            await http.delete(f"{PATH}/{environment_id}"),
        ):
            assert answer.status_code == 403
            assert answer.json()["code"] == "team_inactive"
        # Looking stays allowed.
        assert (await http.get(f"{PATH}/{environment_id}")).status_code == 200
    assert await world.outgoing() == []


async def test_a_trialing_team_orders(world: World) -> None:
    await world.team(9, "TRIALING")
    async with world.client(await world.member(9)) as http:
        assert (await http.post(PATH, json={"shortdomain": "shop-42"})).status_code == 202


async def test_without_the_permission_nothing_is_ordered_or_read(world: World) -> None:
    async with world.client(await world.member(7, ["jobs:read", "environments:read"])) as http:
        refused = await http.post(PATH, json={"shortdomain": "shop-42"})
        assert refused.status_code == 403
        assert refused.json()["code"] == "permission_missing"
        assert (await http.delete(f"{PATH}/1")).status_code == 403
    async with world.client(await world.member(7, ["environments:write"], user_id=702)) as http:
        assert (await http.get(PATH)).status_code == 403
        assert (await http.get(f"{PATH}/1")).status_code == 403
    async with world.client() as http:
        assert (await http.post(PATH, json={"shortdomain": "shop-42"})).status_code == 401
    assert await nothing_written(world)


async def test_environments_stay_within_their_team(world: World) -> None:
    await world.team(8)
    theirs = await world.environment(8, "theirs")
    ours = await world.environment(7, "ours", domain="ours.example.net", metadata={"a": "b"})
    async with world.client(await world.member(7)) as http:
        listed = (await http.get(PATH)).json()
        assert [item["id"] for item in listed["items"]] == [ours]
        shown = (await http.get(f"{PATH}/{ours}")).json()
        assert shown.pop("nodes") == [{"node_type": "nginxphp"}]
        assert shown.pop("last_event_id") == listed["last_event_id"]
        assert shown == listed["items"][0]
        assert shown["domain"] == "ours.example.net"
        assert shown["metadata"] == {"a": "b"}
        assert "app_id" not in shown
        for method in ("GET", "DELETE"):
            answer = await http.request(method, f"{PATH}/{theirs}")
            assert answer.status_code == 404
            assert answer.json()["code"] == "not_found"


async def test_a_deletion_is_a_job(world: World) -> None:
    environment_id = await world.environment(7, "old-shop")
    async with world.client(await world.member(7)) as http:
        answer = await http.delete(f"{PATH}/{environment_id}")
        assert answer.status_code == 202, answer.text
        accepted = answer.json()
        job = (await http.get(answer.headers["location"])).json()
        busy = await http.delete(f"{PATH}/{environment_id}")
    assert accepted["last_event_id"] == "epoch7.0"
    assert job["kind"] == "environment.delete"
    assert job["environment_id"] == environment_id
    assert job["env_name"] == "old-shop"
    assert busy.status_code == 409
    assert busy.json()["code"] == "environment_busy"
    assert sorted(await world.outgoing()) == [
        "jobs.env.delete",
        f"team.7.job.{accepted['job_id']}.status",
    ]
    (event,) = await world.log(7)
    assert event["env_name"] == "old-shop"


async def test_a_cancelled_deletion_leaves_the_environment_as_it_was(world: World) -> None:
    environment_id = await world.environment(7, "old-shop")
    async with world.client(await world.member(7)) as http:
        deletion = await http.delete(f"{PATH}/{environment_id}")
        assert (await http.get(f"{PATH}/{environment_id}")).json()["status"] == "deleting"
        await http.post(f"{deletion.headers['location']}/cancel")
        assert (await http.get(f"{PATH}/{environment_id}")).json()["status"] == "running"
        assert (await http.delete(f"{PATH}/{environment_id}")).status_code == 202


async def test_a_deleted_environment_is_shown_but_not_listed_nor_deleted_again(
    world: World,
) -> None:
    gone = await world.environment(7, "gone", status="deleted", deleted_at=world.clock())
    async with world.client(await world.member(7)) as http:
        assert (await http.get(PATH)).json()["items"] == []
        assert (await http.get(f"{PATH}/{gone}")).json()["status"] == "deleted"
        assert (await http.delete(f"{PATH}/{gone}")).status_code == 404
    assert await world.rows(outbox) == []


async def test_pages_go_through_all_and_know_their_position(world: World) -> None:
    ids = [await world.environment(7, f"shop-{number}") for number in range(5)]
    async with world.client(await world.member(7)) as http:
        await http.post(PATH, json={"shortdomain": "another"})
        seen: list[int] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await http.get(PATH, params={"limit": 2, **cursor})).json()
            assert page["last_event_id"] == "epoch7.1"
            assert len(page["items"]) <= 2
            seen += [item["id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
    assert seen == sorted(ids, reverse=True)
    assert len(await world.rows(environments)) == 5


@pytest.mark.parametrize("query", ["cursor=!!", "cursor=LTE", "limit=0", "limit=101", "limit=x"])
async def test_a_wrong_query_is_refused_with_its_place(world: World, query: str) -> None:
    async with world.client(await world.member(7)) as http:
        answer = await http.get(f"{PATH}?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/query/{query.partition('=')[0]}"


async def test_a_user_may_not_order_without_end(engine: AsyncEngine) -> None:
    """A deletion counts as well; another user of the team has a count of their own."""
    world = build_world(engine, ORDERS_PER_MINUTE="2")
    await world.team(7)
    async with world.client(await world.member(7)) as http:
        assert (await http.post(PATH, json={"shortdomain": "shop-1"})).status_code == 202
        assert (await http.delete(f"{PATH}/1")).status_code == 404
        for refused in (
            await http.post(PATH, json={"shortdomain": "shop-2"}),
            await http.delete(f"{PATH}/1"),
        ):
            assert refused.status_code == 429
            assert refused.json()["code"] == "rate_limited"
            assert refused.headers["ratelimit-policy"].startswith('"orders";q=')
            left = f'"orders";r=0;t={refused.headers["retry-after"]}'
            assert refused.headers["ratelimit"] == left
            assert 1 <= int(refused.headers["retry-after"]) <= 60
        # To look is free.
        assert (await http.get(PATH)).status_code == 200
    async with world.client(await world.member(7, user_id=702)) as http:
        assert (await http.post(PATH, json={"shortdomain": "shop-3"})).status_code == 202
    assert len(await world.rows(job_logs)) == 2
