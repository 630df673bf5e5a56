"""The pacts of the console and of an integrator: as they are kept, and verified against the real providers."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from pact import Verifier

from generated.messaging import message as builders
from generated.models.event import JobStatusEvent, SessionRevokedEvent
from generated.models.job import JobStatus
from pacts.expectations import CONSOLE, CONSUMERS, INTEGRATOR
from pacts.states import served
from slipway import demo

HERE = Path(__file__).parent

# pact's own servers leave their sockets to the collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def normal(file):
    """A pact without the versions of the programs that wrote it."""
    pact = json.loads(file.read_text(encoding="utf-8"))
    pact["metadata"] = {"pactSpecification": pact["metadata"]["pactSpecification"]}
    return pact


@pytest.mark.parametrize("name", CONSUMERS)
def test_the_kept_pact_is_what_the_consumer_expects(name, tmp_path):
    """Who changes an expectation writes the files anew with contract-tests/pacts/write.py."""
    fresh = CONSUMERS[name](tmp_path)
    assert normal(HERE / name) == normal(fresh), f"{name} is not what the expectations write"


async def sign_in(origin):
    async with httpx.AsyncClient(base_url=origin.base_url) as client:
        return await demo.sign_in(client, demo.Credentials(origin.email, origin.password))


async def finished_job(origin):
    async with httpx.AsyncClient(base_url=origin.base_url, timeout=30) as client:
        await demo.sign_in(client, demo.Credentials(origin.email, origin.password))
        accepted = await demo.order(client, demo.new_shortdomain())
        async for _ in demo.follow(client, accepted["job_id"], accepted["last_event_id"]):
            pass
    return {"job_id": str(accepted["job_id"]), "last_event_id": accepted["last_event_id"]}


def test_the_running_stack_keeps_the_console_s_pact(fresh_stack):
    verify_console(fresh_stack.origin, HERE / CONSOLE)


def verify_console(origin, pact):
    job = asyncio.run(finished_job(origin))
    states = {
        "a member is signed in": dict,
        "a member of a team without environments is signed in": dict,
        "a job is over": lambda: job,
    }
    token = asyncio.run(sign_in(origin))
    with served(states) as url:
        verifier = Verifier("slipway", host="127.0.0.1").add_transport(url=origin.base_url)
        verifier.add_source(pact)
        verifier.state_handler(url, body=True, teardown=False)
        verifier.filter(state="a .*").set_request_timeout(30_000)
        verifier.add_custom_header("Authorization", f"Bearer {token}")
        verifier.verify()
    stranger = Verifier("slipway", host="127.0.0.1").add_transport(url=origin.base_url)
    # Interactions of nobody have no state, and get no session.
    stranger.add_source(pact).filter(no_state=True).verify()


def outgoing(message):
    metadata = {
        "exchange": message.exchange, "routing_key": message.routing_key, "type": message.type,
    }  # fmt: skip
    return {"contents": message.body, "content_type": message.content_type, "metadata": metadata}


def job_is_over(name=None, metadata=None):
    return outgoing(
        builders.send_job_status(
            JobStatusEvent(
                type="job_status",
                job_id=42,
                team_id=7,
                status=JobStatus.completed,
                message="The environment is running",
                env_name="shop-42",
                occurred_at=1,
            )
        )
    )


def session_was_revoked(name=None, metadata=None):
    return outgoing(
        builders.send_auth_event(
            SessionRevokedEvent(
                type="session_revoked", team_id=7, user_id=3, message="Signed out", occurred_at=1
            )
        )
    )


PUBLISHERS = {"a job is over": job_is_over, "a session was revoked": session_was_revoked}


def test_what_is_published_keeps_the_integrator_s_pact():
    verify_integrator(PUBLISHERS)


def verify_integrator(publishers):
    verifier = Verifier("slipway").message_handler(publishers)
    verifier.add_source(HERE / INTEGRATOR)
    verifier.verify()
