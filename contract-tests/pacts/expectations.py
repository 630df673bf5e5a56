"""What the console and an integrator expect, as pacts (specification V4); files of it are kept beside this module.

They name what these consumers use and nothing else: another field of an answer may come and go.
"""

from collections.abc import Callable
from pathlib import Path

import httpx
from pact import Pact, match

from generated.messaging.contract import parse
from generated.models.event import JobStatusEvent, SessionRevokedEvent

CONSOLE, INTEGRATOR = "console-slipway.json", "integrator-slipway.json"
BEARER = "Bearer pact-session-token"
EVENT_ID = r"[A-Za-z0-9_-]{1,64}\.(0|[1-9][0-9]{0,18})"
PROBLEM = "application/problem+json"
STORY = (
    'event: sync\nretry: 2000\ndata: {"status":"resumed"}\n\n'
    'id: q3JvT0aX.4\nevent: message\ndata: {"type":"job_status","status":"completed"}\n\n'
    'event: end\ndata: {"status":"completed"}\n\n'
)
STORY_PATTERN = (
    r"[\s\S]*event: sync\n[\s\S]*id: [A-Za-z0-9_-]{1,64}\.[0-9]+\n"
    r'[\s\S]*"type":"job_status"[\s\S]*"status":"completed"[\s\S]*event: end\n[\s\S]*\n\n'
)
"""Written for the verifier's engine: `[\\s\\S]` is any character in each dialect."""


def console(folder: Path) -> Path:
    """Try the console's calls on a stand-in that answers as expected, and write the pact."""
    pact = Pact("console", "slipway").with_specification("V4")
    _sign_in(pact)
    _order(pact)
    _pages(pact)
    _stream(pact)
    with pact.serve() as stand_in, httpx.Client(base_url=str(stand_in.url)) as client:
        signed = {"Authorization": BEARER}
        wrong = {"email": "nobody@example.net", "password": "not the password"}
        assert client.post("/api/v1/auth/login", json=wrong).status_code == 401
        assert client.get("/api/v1/auth/me").status_code == 401
        assert client.get("/api/v1/auth/me", headers=signed).json()["team"]["id"]
        order = {"shortdomain": "pact-shop", "nodes": [{"node_type": "nginxphp"}]}
        accepted = client.post("/api/v1/environments", json=order, headers=signed)
        assert accepted.headers["location"].endswith(str(accepted.json()["job_id"]))
        assert client.get("/api/v1/jobs", headers=signed).json()["last_event_id"]
        assert client.get("/api/v1/environments", headers=signed).json()["items"] == []
        job = client.get("/api/v1/jobs/42", headers=signed).json()
        assert job["status"] == "completed"
        query = {"job_id": "42", "last_event_id": "q3JvT0aX.0"}
        stream = client.get("/api/v1/events", params=query, headers=signed)
        assert stream.headers["content-type"].startswith("text/event-stream")
    pact.write_file(folder, overwrite=True)
    return folder / CONSOLE


def _sign_in(pact: Pact) -> None:
    wrong = {"email": "nobody@example.net", "password": "not the password"}
    (
        pact.upon_receiving("a sign-in with a wrong password")
        .with_request("POST", "/api/v1/auth/login")
        .with_body(wrong, "application/json")
        .will_respond_with(401)
        .with_body({"status": match.int(401), "code": "invalid_credentials"}, PROBLEM)
    )
    (
        pact.upon_receiving("the question who is signed in, from nobody")
        .with_request("GET", "/api/v1/auth/me")
        .will_respond_with(401)
        .with_body({"status": match.int(401), "code": "not_authenticated"}, PROBLEM)
    )
    (
        pact.upon_receiving("the question who is signed in")
        .given("a member is signed in")
        .with_request("GET", "/api/v1/auth/me")
        .with_header("Authorization", match.regex(BEARER, regex="Bearer .+"))
        .will_respond_with(200)
        .with_body(
            {
                "user": {"id": match.int(3), "email": match.str("demo@example.net")},
                "team": {"id": match.int(7), "status": match.regex("ACTIVE", regex="[A-Z_]+")},
                "permissions": match.each_like("jobs:read", min=1),
            },
            "application/json",
        )
    )


def _order(pact: Pact) -> None:
    (
        pact.upon_receiving("an order for an environment")
        .given("a member is signed in")
        .with_request("POST", "/api/v1/environments")
        .with_header("Authorization", match.regex(BEARER, regex="Bearer .+"))
        .with_body(
            {"shortdomain": "pact-shop", "nodes": [{"node_type": "nginxphp"}]}, "application/json"
        )
        .will_respond_with(202)
        .with_header("Location", match.regex("/api/v1/jobs/42", regex=r"/api/v1/jobs/\d+"))
        .with_body(
            {
                "job_id": match.int(42),
                "status": "queued",
                "last_event_id": match.regex("q3JvT0aX.0", regex=EVENT_ID),
            },
            "application/json",
        )
    )


def _pages(pact: Pact) -> None:
    page = {"last_event_id": match.regex("q3JvT0aX.0", regex=EVENT_ID), "next_cursor": None}
    for path, state in (
        ("/api/v1/jobs", "a member is signed in"),
        ("/api/v1/environments", "a member of a team without environments is signed in"),
    ):
        (
            pact.upon_receiving(f"a look at {path}")
            .given(state)
            .with_request("GET", path)
            .with_header("Authorization", match.regex(BEARER, regex="Bearer .+"))
            .will_respond_with(200)
            .with_body({**page, "items": match.like([])}, "application/json")
        )
    (
        pact.upon_receiving("a look at a job that is over")
        .given("a job is over")
        .with_request("GET", "/api/v1/jobs/42")
        .with_generators(
            {"path": {"type": "ProviderState", "expression": "/api/v1/jobs/${job_id}"}}, "Request"
        )
        .with_header("Authorization", match.regex(BEARER, regex="Bearer .+"))
        .will_respond_with(200)
        .with_body(
            {
                "id": match.int(42),
                "kind": "environment.create",
                "status": "completed",
                "env_name": match.str("shop-42"),
                "environment_id": match.int(12),
            },
            "application/json",
        )
    )


def _stream(pact: Pact) -> None:
    (
        pact.upon_receiving("a listener of a job that is over, from its beginning")
        .given("a job is over")
        .with_request("GET", "/api/v1/events")
        .with_query_parameter("job_id", "42")
        .with_query_parameter("last_event_id", "q3JvT0aX.0")
        .with_generators(
            {
                "query": {
                    name: {"type": "ProviderState", "expression": "${" + name + "}"}
                    for name in ("job_id", "last_event_id")
                }
            },
            "Request",
        )
        .with_header("Authorization", match.regex(BEARER, regex="Bearer .+"))
        .will_respond_with(200)
        .with_header(
            "Content-Type", match.regex("text/event-stream", regex="text/event-stream(;.*)?")
        )
        .with_body(STORY, "text/event-stream")
        .with_matching_rules(
            {"body": {"$": {"matchers": [{"match": "regex", "regex": STORY_PATTERN}]}}}, "Response"
        )
    )


def integrator(folder: Path) -> Path:
    """Give an integrator's handlers what they expect, and write the pact."""
    pact = Pact("integrator", "slipway").with_specification("V4")
    whole = match.int
    (
        pact.upon_receiving("a job is over", "Async")
        .with_body(
            {
                "type": "job_status",
                "job_id": whole(42),
                "team_id": whole(7),
                "status": match.regex("completed", regex="completed|failed|cancelled"),
                "message": match.str("The environment is running"),
                "env_name": match.str("shop-42"),
                "occurred_at": whole(1766000042),
            },
            "application/json",
        )
        .with_metadata(
            {
                "exchange": "events.topic",
                "routing_key": match.regex(
                    "team.7.job.42.status", regex=r"team\.\d+\.job\.\d+\.status"
                ),
                "type": "job_status",
            }
        )
    )
    (
        pact.upon_receiving("a session was revoked", "Async")
        .with_body(
            {
                "type": "session_revoked",
                "team_id": whole(7),
                "user_id": whole(3),
                "message": match.str("You signed out in another window"),
                "occurred_at": whole(1766000042),
            },
            "application/json",
        )
        .with_metadata(
            {
                "exchange": "events.topic",
                "routing_key": match.regex(
                    "team.7.user.3.auth.session_revoked",
                    regex=r"team\.\d+\.user\.\d+\.auth\.session_revoked",
                ),
                "type": "session_revoked",
            }
        )
    )

    def handle(body: str | bytes | None, metadata: dict[str, object]) -> None:
        raw = body.encode() if isinstance(body, str) else body or b""
        model = JobStatusEvent if metadata["type"] == "job_status" else SessionRevokedEvent
        parse(model, raw)

    pact.verify(handle, "Async")
    pact.write_file(folder, overwrite=True)
    return folder / INTEGRATOR


CONSUMERS: dict[str, Callable[[Path], Path]] = {CONSOLE: console, INTEGRATOR: integrator}
