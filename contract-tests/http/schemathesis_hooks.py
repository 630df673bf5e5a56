"""Bends generated requests where the contract, as JSON Schema, says less than HTTP or the code; each with its reason."""

import base64
import json
import os
from pathlib import Path

import schemathesis

FIRST_UNKNOWN = 1_000_000
LAST_SEEDED = 10
"""The demo's own team and users have the first ids."""


def _whole_numbers(value):
    """JSON Schema calls 19.0 an integer; our models are strict and refuse it, as most programs' parsers write 19."""
    if isinstance(value, dict):
        return {key: _whole_numbers(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@schemathesis.hook
def map_body(context, body):
    return _whole_numbers(body)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Keep off the run's own team and users: changing those would end the run's sessions."""
    for parameter in ("team_id", "user_id"):
        given = str((case.path_parameters or {}).get(parameter, ""))
        if given.isdecimal() and int(given) <= LAST_SEEDED:
            case.path_parameters[parameter] = FIRST_UNKNOWN + int(given)


def _name(case):
    return case.operation.definition.raw.get("operationId")


OPERATORS = {
    "changeTeamStatus", "smokeObservability", "listTeams", "createTeam", "listUsers", "createUser",
    "changeUser", "resetPassword", "listAudit",
}  # fmt: skip
ENDING = {"logout", "switchTeam"}
ENDED = {"revokeOtherSessions", "revokeSession"}
"""Would end the sessions that the others need, so they are asked with one that is over."""


class Session:
    """The session's token, as programs send it.

    Signing out and switching have a session of their own, so that they end nobody else's.
    """

    def get(self, case, context):
        operation = _name(case)
        if operation in ENDED:
            return "a-session-that-is-over"
        if operation in ENDING:
            return os.environ["SLIPWAY_TOKEN_TO_END"]
        name = "SLIPWAY_OPERATOR_TOKEN" if operation in OPERATORS else "SLIPWAY_TOKEN"
        return os.environ[name]

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


if "SLIPWAY_TOKEN" in os.environ:
    # One token per request, not a cached one: it depends on the operation.
    schemathesis.auth(refresh_interval=None)(Session)


@schemathesis.hook
def after_call(context, case, response):
    """Hand what was answered to the recorder of the session, one JSON line each."""
    if path := os.environ.get("SLIPWAY_RECORDING"):
        request = response.request
        sent = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
        line = {
            "method": request.method,
            "url": request.url,
            "authorized": "Authorization" in request.headers,
            "sent": base64.b64encode(sent).decode(),
            "status": response.status_code,
            "headers": {name: values[-1] for name, values in response.headers.items()},
            "body": base64.b64encode(response.content or b"").decode(),
        }
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
