from __future__ import annotations

import json
import logging
from urllib.parse import parse_qs

import httpx
import pytest
from pydantic import SecretStr

from slipway.simulator import Do, Script, Step
from slipway.simulator.methods import METHODS
from worker.virtuozzo import (
    PLATFORM_APPID,
    DockerSpec,
    EnvironmentNotFoundError,
    EnvironmentSpec,
    EnvironmentStatus,
    InvalidSpecError,
    NameTakenError,
    NodeSpec,
    ProviderBusyError,
    ProviderError,
    ProviderRefusedError,
    ProviderSession,
    ProviderTimeoutError,
    ProviderTimeouts,
    ProviderUnavailableError,
    QuotaExceededError,
    SessionExpiredError,
    SignInRefusedError,
    VirtuozzoClient,
    job_tag,
)

TOKEN = "0123456789abcdef0123456789abcdef01234567"


def answering(handler) -> VirtuozzoClient:
    return VirtuozzoClient(httpx.MockTransport(handler), base_url="http://provider.test/")


def with_json(body: object, status: int = 200):
    return lambda request: httpx.Response(status, json=body)


def token() -> ProviderSession:
    return ProviderSession(SecretStr(TOKEN))


async def test_create_returns_what_the_provider_made(client, session, spec, simulator):
    created = await client.create_environment(session, spec("shop-1"))
    assert created.env_name == "shop-1"
    assert created.status is EnvironmentStatus.CREATING
    assert created.domain == "shop-1.simulator.slipway.test"
    assert created.has_tag("slipway-job-17")
    assert created.app_id is not None
    assert len(created.app_id) == 32
    assert created.ssl_state is True
    assert [(n.node_type, n.node_group, n.is_master) for n in created.nodes] == [
        ("nginxphp", "cp", True)
    ]
    assert [g.name for g in created.node_groups] == ["cp"]
    assert len(simulator.created) == 1


async def test_polling_follows_the_status(client, session, spec):
    await client.create_environment(session, spec())
    seen = [(await client.get_environment(session, "shop-1")).status for _ in range(4)]
    assert [s.name for s in seen] == ["CREATING", "LAUNCHING", "RUNNING", "RUNNING"]
    assert [s.is_pending for s in seen] == [True, True, False, False]
    assert seen[-1].is_ready


async def test_get_of_an_unknown_name_is_none(client, session):
    assert await client.get_environment(session, "nobody") is None


async def test_find_sees_only_the_tagged(client, session, spec):
    await client.create_environment(session, spec("shop-1", job_id=17))
    mine = await client.find_environment(session, env_name="shop-1", tag=job_tag(17))
    assert mine is not None
    assert mine.env_name == "shop-1"
    assert await client.find_environment(session, env_name="shop-1", tag=job_tag(1)) is None
    assert await client.find_environment(session, env_name="shop-1", tag=job_tag(171)) is None


async def test_find_scans_the_list_when_the_name_has_changed(client, session, spec, simulator):
    await client.create_environment(session, spec("shop-1", job_id=17))
    renamed = simulator.environments.pop("shop-1")
    renamed.name = "other"
    simulator.environments["other"] = renamed
    found = await client.find_environment(session, env_name="shop-1", tag=job_tag(17))
    assert found is not None
    assert found.env_name == "other"
    before = simulator.calls["getenvs"]
    assert (
        await client.find_environment(session, env_name="shop-1", tag=job_tag(17), scan=False)
        is None
    )
    assert simulator.calls["getenvs"] == before


async def test_find_by_name_does_not_read_the_list(client, session, spec, simulator):
    await client.create_environment(session, spec())
    await client.find_environment(session, env_name="shop-1", tag=job_tag(17))
    assert simulator.calls["getenvs"] == 0


async def test_delete_twice_is_no_error(client, session, spec, simulator):
    await client.create_environment(session, spec())
    assert await client.delete_environment(session, "shop-1") is True
    assert await client.delete_environment(session, "shop-1") is False
    assert simulator.environments == {}


async def test_parameters_are_form_fields_with_json_in_strings():
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"result": 0, "response": {"result": 0, "name": "shop-1"}})

    full = EnvironmentSpec(
        shortdomain="shop-1",
        display_name="Café & Söhne",
        region="eu",
        nodes=(
            NodeSpec(node_type="docker", docker=DockerSpec(image="nginx:1", env={"A": "b"})),
            NodeSpec(node_type="postgres", node_group="sqldb", count=2, flexible_cloudlets=8),
        ),
        tags=(job_tag(17, installation="eu-prod"),),
    )
    created = await answering(handler).create_environment(token(), full)
    assert created.env_name == "shop-1"
    assert created.status is EnvironmentStatus.CREATING
    assert created.has_tag("eu-prod-job-17")
    (request,) = seen
    assert request.method == "POST"
    assert str(request.url) == (
        "http://provider.test/1.0/environment/control/rest/createenvironment"
    )
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    form = parse_qs(request.content.decode(), strict_parsing=True)
    assert form == {
        "appid": [PLATFORM_APPID],
        "session": [TOKEN],
        "env": [
            (
                '{"shortdomain":"shop-1","displayName":"Café & Söhne","region":"eu",'
                '"sslstate":true,"ishaenabled":false}'
            )
        ],
        "nodes": [
            (
                '[{"nodeType":"docker","count":1,"fixedCloudlets":1,"flexibleCloudlets":4,'
                '"extip":false,"docker":{"image":"nginx:1","env":{"A":"b"}}},'
                '{"nodeType":"postgres","nodeGroup":"sqldb","count":2,"fixedCloudlets":1,'
                '"flexibleCloudlets":8,"extip":false}]'
            )
        ],
        "envGroups": ['["eu-prod-job-17"]'],
    }
    assert json.loads(form["env"][0])["displayName"] == "Café & Söhne"


@pytest.mark.parametrize(
    ("verb", "path", "form"),
    [
        (
            lambda c: c.get_environment(token(), "shop-1"),
            "environment/control/rest/getenvinfo",
            {"envName": ["shop-1"], "session": [TOKEN]},
        ),
        (
            lambda c: c.delete_environment(token(), "shop-1"),
            "environment/control/rest/deleteenv",
            {"envName": ["shop-1"], "password": ["shop-1"], "session": [TOKEN]},
        ),
        (
            lambda c: c.sign_in("ops@example.test", SecretStr("pw")),
            "users/authentication/rest/signin",
            {"appid": [PLATFORM_APPID], "login": ["ops@example.test"], "password": ["pw"]},
        ),
    ],
)
async def test_the_other_calls_parameters(verb, path, form):
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        env = {"envName": "shop-1", "status": 1}
        return httpx.Response(200, json={"result": 0, "env": env, "session": "s"})

    await verb(answering(handler))
    assert str(seen[0].url) == f"http://provider.test/1.0/{path}"
    assert parse_qs(seen[0].content.decode(), strict_parsing=True) == form


@pytest.mark.parametrize(
    ("result", "text", "kind", "code", "reached"),
    [
        (2314, "The domain is in use", NameTakenError, "name_taken", False),
        (2223, "rejected", QuotaExceededError, "quota_exceeded", False),
        (99, "Quota environment.maxcount exceeded", QuotaExceededError, "quota_exceeded", False),
        (4099, "invalid value of parameter [nodes]", InvalidSpecError, "invalid_spec", False),
        (11, "no application", EnvironmentNotFoundError, "environment_not_found", False),
        (2212, "wrong status", ProviderBusyError, "provider_busy", False),
        (4001, "Environment is locked", ProviderBusyError, "provider_busy", False),
        (17, "java.io.IOException", ProviderTimeoutError, "provider_timeout", True),
        (2207, "billing", ProviderUnavailableError, "provider_unavailable", True),
        (99, "java.lang.NullPointer", ProviderUnavailableError, "provider_unavailable", True),
        (8, "permission denied", ProviderRefusedError, "provider_refused", False),
        (8202, "no permission", ProviderRefusedError, "provider_refused", False),
        (31337, "something else", ProviderRefusedError, "provider_refused", False),
        (702, "session [xxx", SessionExpiredError, "session_expired", False),
        (99, "session [xxx] is expired", SessionExpiredError, "session_expired", False),
    ],
)
@pytest.mark.parametrize("wrapped", [False, True])
async def test_result_codes_become_named_errors(  # noqa: PLR0917  one parameter a column
    result, text, kind, code, reached, wrapped, spec
):
    failure = {"result": result, "source": "JEL", "error": text}
    body = {"result": 0, "response": failure} if wrapped else failure
    with pytest.raises(ProviderError) as caught:
        await answering(with_json(body)).create_environment(token(), spec())
    error = caught.value
    assert type(error) is kind
    assert (error.code, error.result, error.method) == (code, result, "createenvironment")
    assert error.may_have_reached is reached
    assert text in str(error)


@pytest.mark.parametrize(
    ("raised", "kind", "reached"),
    [
        (httpx.ConnectError, ProviderUnavailableError, False),
        (httpx.ConnectTimeout, ProviderTimeoutError, False),
        (httpx.PoolTimeout, ProviderTimeoutError, False),
        (httpx.ReadTimeout, ProviderTimeoutError, True),
        (httpx.WriteTimeout, ProviderTimeoutError, True),
        (httpx.ReadError, ProviderUnavailableError, True),
        (httpx.RemoteProtocolError, ProviderUnavailableError, True),
    ],
)
async def test_the_network_failing(raised, kind, reached, spec):
    def handler(request: httpx.Request) -> httpx.Response:
        raise raised("failed", request=request)

    with pytest.raises(ProviderError) as caught:
        await answering(handler).create_environment(token(), spec())
    assert type(caught.value) is kind
    assert caught.value.may_have_reached is reached
    # httpx's error holds the request and so the session key: it must not come along.
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("response", "kind", "reached"),
    [
        (httpx.Response(500, text="oops"), ProviderUnavailableError, True),
        (httpx.Response(504, text="gateway"), ProviderUnavailableError, True),
        (httpx.Response(429), ProviderBusyError, False),
        (httpx.Response(404, text="no"), ProviderRefusedError, False),
        (httpx.Response(302, headers={"location": "/login"}), ProviderRefusedError, False),
        (httpx.Response(200, text="<html>maintenance</html>"), ProviderUnavailableError, True),
        (httpx.Response(200, json=[1]), ProviderUnavailableError, True),
        (httpx.Response(200, json={"result": "x"}), ProviderUnavailableError, True),
        (httpx.Response(200, json={"result": None}), ProviderUnavailableError, True),
        (
            httpx.Response(200, json={"result": 0, "response": {"result": "x"}}),
            ProviderUnavailableError,
            True,
        ),
        (
            httpx.Response(200, json={"result": 0, "response": {"env": {"status": 1}}}),
            ProviderUnavailableError,
            True,
        ),
    ],
)
async def test_answers_that_are_not_the_apis(response, kind, reached, spec):
    with pytest.raises(ProviderError) as caught:
        await answering(lambda _: response).create_environment(token(), spec())
    assert type(caught.value) is kind
    assert caught.value.may_have_reached is reached


async def test_unknown_fields_and_statuses_do_not_stop_a_worker():
    env = {"envName": "e", "status": 1002, "domain": "e.test", "new": {"x": [1]}, "appid": None}
    answer = {"result": 0, "env": env, "nodes": None, "nodeGroups": [{"name": "cp", "n": 1}]}
    found = await answering(with_json(answer)).get_environment(token(), "e")
    assert found is not None
    assert found.status is EnvironmentStatus.UNKNOWN
    assert found.status.is_pending


async def test_status_not_exists_is_none():
    answer = {"result": 0, "env": {"envName": "e", "status": 8}}
    assert await answering(with_json(answer)).get_environment(token(), "e") is None


async def test_a_broken_environment_is_failed(client, session, spec):
    await client.create_environment(session, spec("fail-broken-1"))
    assert not (await client.get_environment(session, "fail-broken-1")).status.is_failed
    assert (await client.get_environment(session, "fail-broken-1")).status.is_failed


async def test_a_lost_answer_can_be_found_again(client, session, spec, simulator):
    with pytest.raises(ProviderUnavailableError) as caught:
        await client.create_environment(session, spec("lost-1"))
    assert caught.value.may_have_reached
    found = await client.find_environment(session, env_name="lost-1", tag=job_tag(17))
    assert found is not None
    with pytest.raises(NameTakenError):
        await client.create_environment(session, spec("lost-1"))
    assert len(simulator.created) == 1


async def test_an_expired_session_signs_in_again_once(client, session, spec, simulator):
    await client.create_environment(session, spec("shop-1"))
    simulator.close_sessions()
    await client.create_environment(session, spec("shop-2"))
    assert simulator.calls["signin"] == 2
    assert simulator.calls["createenvironment"] == 3
    assert len(simulator.created) == 2


async def test_a_session_that_expires_again_is_an_error(client, session, simulator):
    simulator.scripts.add(
        Script(do=Do.RESULT, method="getenvinfo", result=702, error="session [xxx]", times=2)
    )
    with pytest.raises(SessionExpiredError):
        await client.get_environment(session, "shop-1")
    assert simulator.calls["signin"] == 2
    assert simulator.calls["getenvinfo"] == 2


async def test_a_token_that_expired_is_an_error_at_once(client, simulator):
    with pytest.raises(SessionExpiredError) as caught:
        await client.get_environment(token(), "shop-1")
    assert simulator.calls["getenvinfo"] == 1
    assert caught.value.may_have_reached is False


async def test_a_wrong_password_is_refused(client, simulator):
    with pytest.raises(SignInRefusedError) as caught:
        await client.sign_in("ops@example.test", SecretStr("wrong-password"))
    assert "wrong-password" not in str(caught.value)
    assert simulator.calls["signin"] == 1


async def test_signing_in_while_the_provider_is_ill_is_retryable():
    with pytest.raises(ProviderTimeoutError):
        await answering(with_json({"result": 17, "error": "x"})).sign_in("a", SecretStr("b"))
    with pytest.raises(ProviderUnavailableError):
        await answering(with_json({"result": 0})).sign_in("a", SecretStr("b"))


async def test_no_secret_in_logs_and_errors(client, session, spec, simulator, caplog):
    for logger in (None, "httpx", "aiohttp"):  # the process may have quietened them before
        caplog.set_level(logging.DEBUG, logger=logger)
    await client.create_environment(session, spec())
    key = (await session.key()).get_secret_value()
    simulator.scripts.add(
        Script(do=Do.RESULT, method="getenvinfo", result=8, error=f"session [{key}] may not")
    )
    with pytest.raises(ProviderRefusedError) as caught:
        await client.get_environment(session, "shop-1")
    assert "session [[redacted]] may not" in str(caught.value)
    for text in (caplog.text, str(caught.value), repr(caught.value), repr(session), repr(client)):
        assert key not in text
        assert "correct-horse-battery" not in text


async def test_a_cookie_of_one_call_is_not_sent_with_another():
    """The next call may be another team's."""
    sent: list[httpx.Headers] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers)
        answer = {"result": 0, "env": {"envName": "e", "status": 1}}
        return httpx.Response(200, json=answer, headers={"Set-Cookie": "who=us"})

    client = answering(handler)
    for _ in range(2):
        await client.get_environment(token(), "e")
    assert [headers.get("cookie") for headers in sent] == [None, None]
    assert sent[1]["accept"] == "application/json"
    assert sent[1]["content-type"] == "application/x-www-form-urlencoded"


async def test_timeouts_of_create_are_its_own(spec):
    seen: dict[str, object] = {}

    def handler(request: httpx.Request) -> httpx.Response:
        seen[request.url.path.rpartition("/")[2]] = request.extensions["timeout"]
        env = {"envName": "e", "status": 1}
        return httpx.Response(200, json={"result": 0, "env": env})

    client = VirtuozzoClient(
        httpx.MockTransport(handler),
        base_url="http://provider.test",
        timeouts=ProviderTimeouts(connect=1, read=2, write=3, pool=4, create_read=50),
    )
    await client.get_environment(token(), "e")
    await client.create_environment(token(), spec())
    assert seen == {
        "getenvinfo": {"connect": 1, "read": 2, "write": 3, "pool": 4},
        "createenvironment": {"connect": 1, "read": 50, "write": 3, "pool": 4},
    }


async def test_every_method_the_client_uses_is_simulated(client, session, spec, simulator):
    simulator.scripts.add(Script(do=Do.STATUS, plan=(Step(status=1),)))
    await client.create_environment(session, spec())
    await client.find_environment(session, env_name="x", tag="y")
    await client.delete_environment(session, "shop-1")
    names = {path.rpartition("/")[2] for path in METHODS}
    assert {"signin", "createenvironment", "getenvinfo", "getenvs", "deleteenv"} <= names
    assert set(simulator.calls) <= names
